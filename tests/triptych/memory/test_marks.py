import pytest
from support.remembering import OWNER, a_kept_file, ask, passage, remember, texts_of, vector

from triptych.jobs.owner import delete_job
from triptych.memory.marks import (
    MAX_NOTE_CHARACTERS,
    MemoryMade,
    NameTaken,
    add_note,
    collect,
    create_collection,
    delete_collection,
    delete_note,
    edit_note,
    list_collections,
    pin,
    rename_collection,
    set_tags,
    uncollect,
    unpin,
)
from triptych.memory.reading import get_memory, list_tags
from triptych.memory.tagging import BadMark
from triptych.memory.values import Filter, Source, UnknownCollection, UnknownMemory, UnknownSource
from triptych.store import Store

pytestmark = pytest.mark.redis


def the_source(store: Store, word: str = "harbour") -> Source:
    """The source of the one memory with this word."""
    [hit] = ask(store, word).hits
    return hit.source


def test_a_source_is_found_by_its_tags_however_they_are_written(store: Store) -> None:
    remember(store, passage("the harbour", 0, vector(1, 0, 0)))
    remember(store, passage("the bakery", 0, vector(1, 0, 0)))

    kept = set_tags(store, OWNER, the_source(store).id, ["Sea  side", "SEA SIDE", "Ｏld"])  # noqa: RUF001

    assert kept == ("old", "sea side")
    assert the_source(store).tags == kept
    assert texts_of(ask(store, "", vector(1, 0, 0), only=Filter(tags=[" Sea Side"]))) == ["the harbour"]
    assert list_tags(store, OWNER) == {"old": 1, "sea side": 1}


def test_tags_come_back_with_what_is_remembered_of_their_file(store: Store) -> None:
    file = a_kept_file(store)
    job = remember(store, passage("the harbour"), file=file)
    set_tags(store, OWNER, the_source(store).id, ["sea"])

    delete_job(store, OWNER, job.id)
    remember(store, passage("the harbour"), file=file)

    assert the_source(store).tags == ("sea",)


@pytest.mark.parametrize("tag", ["", "   ", "x" * 65, "a\x07b"])
def test_what_is_no_tag_is_refused(sqlite_store: Store, tag: str) -> None:
    remember(sqlite_store, passage("the harbour"))

    with pytest.raises(BadMark, match="a tag"):
        set_tags(sqlite_store, OWNER, the_source(sqlite_store).id, ["sea", tag])

    assert the_source(sqlite_store).tags == ()


def test_a_collection_is_searched_by_itself(store: Store) -> None:
    remember(store, passage("the harbour", 0))
    remember(store, passage("the harbours", 0))
    source = the_source(store, "harbours*")
    collection = create_collection(store, OWNER, " Our  sea ")

    collect(store, OWNER, collection.id, source.id)
    collect(store, OWNER, collection.id, source.id)

    assert [(one.name, one.sources) for one in list_collections(store, OWNER)] == [("Our sea", 1)]
    [hit] = ask(store, "harbour", only=Filter(collection=collection.id)).hits
    assert (hit.memory.text, hit.source.collections) == ("the harbours", (collection.id,))
    uncollect(store, OWNER, collection.id, source.id)
    assert ask(store, "harbour", only=Filter(collection=collection.id)).hits == []


def test_a_name_belongs_to_one_collection_of_an_owners(store: Store) -> None:
    create_collection(store, "bob", "sea")
    first, second = (create_collection(store, OWNER, name) for name in ("sea", "land"))

    with pytest.raises(NameTaken, match="sea"):
        create_collection(store, OWNER, "sea")
    with pytest.raises(NameTaken, match="sea"):
        rename_collection(store, OWNER, second.id, "sea")
    delete_collection(store, OWNER, first.id)
    rename_collection(store, OWNER, second.id, "sea")

    assert [one.id for one in list_collections(store, OWNER)] == [second.id]


def test_pinned_memories_are_found_by_themselves(store: Store) -> None:
    remember(store, passage("the harbour", 0), passage("the bakery", 100))
    [hit] = ask(store, "bakery").hits

    pin(store, OWNER, hit.memory.id)

    assert texts_of(ask(store, only=Filter(pinned=True))) == ["the bakery"]
    unpin(store, OWNER, hit.memory.id)
    assert texts_of(ask(store, only=Filter(pinned=True))) == []


def test_a_note_is_found_and_stands_beside_what_it_was_written_at(store: Store) -> None:
    job = remember(store, passage("the harbour", 0), passage("the bakery", 100))
    [hit] = ask(store, "bakery").hits

    note = add_note(store, OWNER, hit.source.id, "They sell the best rolls", hit.memory.id)
    add_note(store, OWNER, hit.source.id, "of the whole source")

    assert [one.text for one in get_memory(store, OWNER, hit.memory.id).notes] == ["They sell the best rolls"]
    assert (note.place, note.job_id) == (hit.memory.place, None)
    delete_job(store, OWNER, job.id)
    assert texts_of(ask(store, "roll")) == ["They sell the best rolls"]


def test_an_edited_note_is_found_by_what_it_says_now(store: Store) -> None:
    remember(store, passage("the harbour"))
    note = add_note(store, OWNER, the_source(store).id, "rolls")
    pin(store, OWNER, note.id)

    edited = edit_note(store, OWNER, note.id, "croissants")

    assert (edited.id, edited.pinned_at is not None) == (note.id, True)
    assert texts_of(ask(store, "rolls")) == []
    assert texts_of(ask(store, "croissant*")) == ["croissants"]
    delete_note(store, OWNER, note.id)
    assert texts_of(ask(store, "croissants")) == []


def test_what_a_job_made_is_neither_edited_nor_deleted(store: Store) -> None:
    remember(store, passage("the harbour"))
    [hit] = ask(store, "harbour").hits

    with pytest.raises(MemoryMade):
        edit_note(store, OWNER, hit.memory.id, "rolls")
    with pytest.raises(MemoryMade):
        delete_note(store, OWNER, hit.memory.id)

    assert texts_of(ask(store)) == ["the harbour"]


def test_an_empty_or_endless_note_is_refused(sqlite_store: Store) -> None:
    remember(sqlite_store, passage("the harbour"))
    source = the_source(sqlite_store)

    for text in (" \n", "x" * (MAX_NOTE_CHARACTERS + 1)):
        with pytest.raises(BadMark, match="a note has 1 to 20,000 characters"):
            add_note(sqlite_store, OWNER, source.id, text)

    assert texts_of(ask(sqlite_store)) == ["the harbour"]


def test_nothing_of_anothers_is_marked(store: Store) -> None:
    remember(store, passage("bob's harbour"), owner="bob")
    [hit] = ask(store, "harbour", owner="bob").hits
    bobs, adas = create_collection(store, "bob", "sea"), create_collection(store, OWNER, "sea")
    acts = [
        (UnknownSource, lambda: set_tags(store, OWNER, hit.source.id, ["x"])),
        (UnknownSource, lambda: add_note(store, OWNER, hit.source.id, "x")),
        (UnknownSource, lambda: collect(store, OWNER, adas.id, hit.source.id)),
        (UnknownCollection, lambda: collect(store, OWNER, bobs.id, hit.source.id)),
        (UnknownCollection, lambda: rename_collection(store, OWNER, bobs.id, "x")),
        (UnknownCollection, lambda: delete_collection(store, OWNER, bobs.id)),
        (UnknownMemory, lambda: pin(store, OWNER, hit.memory.id)),
        (UnknownMemory, lambda: edit_note(store, OWNER, hit.memory.id, "x")),
        (UnknownMemory, lambda: get_memory(store, OWNER, hit.memory.id)),
    ]

    for error, act in acts:
        with pytest.raises(error):
            act()

    seen = get_memory(store, "bob", hit.memory.id)
    assert (seen.memory.pinned_at, seen.source.tags, seen.notes) == (None, (), [])
    assert ask(store, only=Filter(collection=bobs.id)).hits == []
