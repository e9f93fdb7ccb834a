import pytest
from support.remembering import MEANING, OWNER, ask, passage, remember, vector
from support.stores import HandClock

from triptych.memory.marks import add_note, set_tags
from triptych.memory.reading import counts, get_memory, get_source, list_sources, memories_of_source
from triptych.memory.values import Filter, UnknownMemory, UnknownSource
from triptych.store import Store

pytestmark = pytest.mark.redis


def test_a_memory_is_shown_with_what_stands_around_it(store: Store) -> None:
    job = remember(store, *(passage(f"sentence {number}", 100 * number) for number in range(9)))
    [hit] = ask(store, '"sentence 4"').hits

    seen = get_memory(store, OWNER, hit.memory.id, around=2)

    assert [one.text for one in seen.before] == ["sentence 2", "sentence 3"]
    assert [one.text for one in seen.after] == ["sentence 5", "sentence 6"]
    assert (seen.memory.job_id, seen.source) == (job.id, hit.source)


def test_sources_are_listed_newest_first_page_by_page(timed: Store, clock: HandClock) -> None:
    for number in range(3):
        remember(timed, passage(f"harbour {number}", 0), passage(f"sea {number}", 10))
        clock.forward(1)

    first = list_sources(timed, OWNER, Filter(), None, 2)
    rest = list_sources(timed, OWNER, Filter(), first[-1].source.id, 2)

    came = [listed.source.created_at - clock.now for listed in (*first, *rest)]
    assert came == [-1, -2, -3]
    assert {(listed.memories, listed.modalities) for listed in (*first, *rest)} == {(2, ("text",))}


def test_sources_are_listed_by_their_tags_and_their_owner(store: Store) -> None:
    remember(store, passage("harbour"))
    remember(store, passage("bakery"))
    remember(store, passage("bob's"), owner="bob")
    [hit] = ask(store, "harbour").hits
    set_tags(store, OWNER, hit.source.id, ["sea"])

    listed = list_sources(store, OWNER, Filter(tags=["sea"]), None, 10)

    assert [one.source.id for one in listed] == [hit.source.id]
    assert len(list_sources(store, OWNER, Filter(), None, 10)) == 2
    assert get_source(store, OWNER, hit.source.id) == listed[0]


def test_a_sources_memories_come_in_their_order_page_by_page(store: Store) -> None:
    remember(store, *(passage(f"sentence {number}", 100 * number) for number in (3, 1, 2)))
    source = ask(store, "sentence").hits[0].source

    first = memories_of_source(store, OWNER, source.id, None, 2)
    rest = memories_of_source(store, OWNER, source.id, first[-1].id, 2)

    assert [one.text for one in (*first, *rest)] == ["sentence 1", "sentence 2", "sentence 3"]


def test_what_there_is_is_counted(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)), passage("bakery", 10))
    remember(store, passage("bob's", 0, vector(1, 0, 0)), owner="bob")
    add_note(store, OWNER, ask(store, "harbour").hits[0].source.id, "a note")

    told = counts(store, OWNER)

    assert (told.memories, told.sources) == (3, 1)
    assert {stored.space: count for stored, count in told.vectors.items()} == {MEANING: 1}


def test_anothers_source_is_unknown(store: Store) -> None:
    remember(store, passage("bob's"), owner="bob")
    source = ask(store, owner="bob").hits[0].source

    for act in (get_source, lambda *asked: memories_of_source(*asked, None, 10)):
        with pytest.raises(UnknownSource):
            act(store, OWNER, source.id)
    with pytest.raises(UnknownMemory):
        get_memory(store, OWNER, "\x00")
