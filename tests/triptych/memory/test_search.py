"""Search of the memory: rankings that are fused, filters, pages, and what is like something."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from support.remembering import PICTURES, a_kept_file, ask, passage, remember, texts_of, vector
from support.statements import statements_of
from support.stores import HandClock
from support.work import a_file

from pipelines.house import Memory, MemoryKind, Modality
from triptych.files import add_files
from triptych.memory.fusion import Ranking
from triptych.memory.search import search, similar
from triptych.memory.values import Filter, Question, UnknownMemory
from triptych.store import Store

pytestmark = pytest.mark.redis

OF_SPACES = ("memory_spaces", "pragma_function_list", "pg_extension")  # which vectors there are, and what compares them
GENERIC_PLANS = text("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%<=>%'")


def test_words_and_meaning_are_fused(store: Store) -> None:
    remember(
        store,
        passage("the harbour at dawn", 0, vector(1, 0, 0)),
        passage("ships in the port", 100, vector(1, 0.2, 0)),
        passage("a recipe for bread", 200, vector(0, 0, 1)),
    )

    found = ask(store, "harbour", vector(1, 0.05, 0))

    assert texts_of(found) == ["the harbour at dawn", "ships in the port", "a recipe for bread"]
    assert [(one.by, one.rank) for one in found.hits[0].by] == [("words", 1), ("meaning", 1)]
    assert found.hits[0].by[1].score == pytest.approx(0.9988, abs=0.001)
    assert [one.by for one in found.hits[1].by] == ["meaning"]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which invoice is 48213?", "File 48213"),
        ("the invoice of the repairs", "it was repaired"),
        ("invoice or quit*", "a quittance of invoices"),
    ],
)
def test_the_one_that_has_a_rare_word_goes_before_those_that_have_a_common_one_and_mean_the_same(
    store: Store, question: str, told: str
) -> None:
    like = (passage(f"invoice of day {day}", day, vector(1, day / 100, 0)) for day in range(40))
    remember(store, *like, passage(told, 100, vector(0, 0, 1)))

    found = ask(store, question, vector(1, 0, 0))

    assert texts_of(found)[:2] == [told, "invoice of day 0"]


@pytest.mark.postgres
def test_postgresql_plans_each_search_for_what_it_asks_however_many_came_before(impatient: Store) -> None:
    remember(impatient, passage("the harbour at dawn", 0, vector(1, 0, 0)))

    for _ in range(12):
        ask(impatient, "harbour", vector(1, 0, 0))

    with impatient.database.read() as connection:
        planned = connection.execute(GENERIC_PLANS).all()
    assert planned
    assert {row.generic_plans for row in planned} == {0}


def test_what_fits_as_well_by_one_ranking_is_ordered_by_the_other(store: Store) -> None:
    like = [passage("star", at, vector(1, (40 - at) / 10, 0)) for at in range(40)]
    remember(store, *like)

    found = ask(store, "star", vector(1, 0, 0))

    assert [hit.memory.place["start"] for hit in found.hits[:10]] == [*range(39, 29, -1)]
    assert {one.rank for hit in found.hits for one in hit.by if one.by == "words"} == {1}


def test_nothing_is_found_where_nothing_is(store: Store) -> None:
    found = ask(store, "harbour", vector(1, 0, 0))

    assert (found.hits, found.more) == ([], False)


def test_without_words_the_newest_come_first(store: Store) -> None:
    remember(store, passage("first", 0), passage("second", 100), passage("third", 200))

    page = search(store, "ada", Question("\U0001f600", count=2))
    rest = search(store, "ada", Question(count=2, offset=2))

    assert (texts_of(page), page.more) == (["third", "second"], True)
    assert (texts_of(rest), rest.more) == (["first"], False)


def test_pages_follow_each_other(store: Store) -> None:
    remember(store, *(passage(f"harbour number {number}", number, vector(1, number, 0)) for number in range(7)))

    pages = [search(store, "ada", Question("harbour", [vector(1, 0, 0)], count=3, offset=at)) for at in (0, 3, 6)]

    assert len({text for page in pages for text in texts_of(page)}) == 7
    assert [page.more for page in pages] == [True, True, False]


def test_nobody_finds_what_is_anothers(store: Store) -> None:
    remember(store, passage("bob's harbour", 0, vector(1, 0, 0)), owner="bob")
    bobs = ask(store, "harbour", owner="bob").hits[0]
    remember(store, passage("ada's harbour", 0, vector(0, 1, 0)))

    asked = [
        ask(store, "bob's harbour", vector(1, 0, 0)),
        ask(store, '"harbour"', vector(1, 0, 0)),
        ask(store, "harb*"),
        ask(store, only=Filter(sources=[bobs.source.id])),
        ask(store, "harbour", only=Filter(sources=[bobs.source.id])),
        ask(store),
    ]

    assert {text for found in asked for text in texts_of(found)} == {"ada's harbour"}
    with pytest.raises(UnknownMemory):
        similar(store, "ada", bobs.memory.id)


def test_filters_hold_for_words_and_for_vectors(timed: Store, clock: HandClock) -> None:
    heard = Memory(MemoryKind.SEGMENT, Modality.AUDIO, "harbour heard", {"start_s": 1.0, "end_s": 2.0}, 1.0, "de")
    remember(timed, passage("harbour read", 0, vector(1, 0, 0)))
    clock.forward(100)
    file = replace(a_kept_file(timed), created_at=clock.now)
    remember(timed, replace(heard, vectors=[vector(1, 0, 0)]), file=file)
    source = ask(timed, "heard").hits[0].source

    filters = [
        Filter(modalities=[Modality.AUDIO]),
        Filter(kinds=[MemoryKind.SEGMENT]),
        Filter(languages=["de", "fr"]),
        Filter(sources=[source.id, "nobody's"]),
        Filter(since=clock.now),
        Filter(since=clock.now, until=clock.now + 1, modalities=[Modality.AUDIO]),
    ]

    for only in filters:
        assert texts_of(ask(timed, "harbour", only=only)) == ["harbour heard"], only
        assert texts_of(ask(timed, "", vector(1, 0, 0), only=only)) == ["harbour heard"], only
        assert texts_of(ask(timed, only=only)) == ["harbour heard"], only
    assert texts_of(ask(timed, "harbour", only=Filter(until=clock.now))) == ["harbour read"]
    assert ask(timed, "harbour", vector(1, 0, 0), only=Filter(pinned=True)).hits == []


def test_one_statement_ranks_fuses_and_reads(store: Store) -> None:
    remember(store, passage("the harbour at dawn", 0, vector(1, 0, 0), vector(0, 1, 0, space=PICTURES)))
    vectors = [vector(1, 0, 0), vector(0, 1, 0, space=PICTURES)]

    executed = statements_of(
        store, lambda: ask(store, "harbour dawn", *vectors, only=Filter(kinds=[MemoryKind.PASSAGE]))
    )

    *before, statement = [sql for sql, _ in executed if "FROM" in sql]
    assert all(f"{ranking} AS" in statement for ranking in Ranking)
    assert statement.count("owner =") >= 3
    counting = [sql for sql in before if not any(of_spaces in sql for of_spaces in OF_SPACES)]
    assert len(counting) == 1, "before it nothing is asked but which spaces there are, and how rare each word is"
    assert not any(named in counting[0] for named in ("owner", "memories.text", "memory_sources"))


def test_one_word_needs_no_counting(store: Store) -> None:
    remember(store, passage("the harbour at dawn"))

    executed = statements_of(store, lambda: ask(store, "harbour"))

    asked = [sql for sql, _ in executed if "FROM" in sql]
    assert [sql for sql in asked if not any(of_spaces in sql for of_spaces in OF_SPACES)] == asked[-1:]


def test_of_one_picture_the_best_alone_is_shown(store: Store) -> None:
    seen = vector(1, 0, 0, space=PICTURES)
    picture = Memory(MemoryKind.PICTURE, Modality.IMAGE, "boat.jpg", {}, 0.0, vectors=[seen])
    labels = Memory(MemoryKind.LABELS, Modality.IMAGE, "boat, harbour, sea", {}, 1.0, "en", vectors=[seen])
    line = Memory(MemoryKind.LINE, Modality.IMAGE, "harbour bar", {"box": {}}, 2.0, "en")
    remember(store, picture, labels, line)

    found = ask(store, "harbour", seen)

    assert texts_of(found) == ["boat, harbour, sea", "harbour bar"]
    assert [one.by for one in found.hits[0].by] == ["words", "picture"]


def test_what_stands_in_a_content_that_was_brought_twice_is_shown_once(store: Store) -> None:
    first, again, other = a_kept_file(store), a_kept_file(store), a_file(store, b"another")
    with store.database.write() as connection:
        add_files(connection, [other])
    for file in (first, again, other):
        remember(store, passage("the harbour at dawn", 0, vector(1, 0, 0)), file=file)

    found = ask(store, "harbour", vector(1, 0, 0))

    assert [hit.source.file_id for hit in found.hits] == [first.id, other.id]


def test_a_vector_of_another_model_is_warned_of_and_the_words_serve(store: Store) -> None:
    remember(store, passage("the harbour at dawn", 0, vector(1, 0, 0)))

    found = ask(store, "harbour", vector(1, 0, 0, space=PICTURES))

    assert texts_of(found) == ["the harbour at dawn"]
    assert "painter" in found.warnings[0]


def test_a_hit_shows_where_its_words_are(store: Store) -> None:
    remember(store, passage("Ships leave the Harbours at dawn"))

    [hit] = ask(store, "harbour").hits

    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Harbours"]


def test_similar_memories_are_told_by_each_of_their_vectors(store: Store) -> None:
    remember(
        store,
        passage("a quiet harbour", 0, vector(1, 0, 0), vector(0, 1, 0, space=PICTURES)),
        passage("a loud harbour", 100, vector(3, 4, 0), vector(0, 4, 3, space=PICTURES)),
        passage("a loaf of bread", 200, vector(0, 0, 1)),
    )
    this = ask(store, "quiet").hits[0].memory

    found = similar(store, "ada", this.id)

    assert texts_of(found) == ["a loud harbour", "a loaf of bread"]
    told = [[(one.by, one.rank, round(one.score, 2)) for one in hit.by] for hit in found.hits]
    assert told == [[("meaning", 2, 0.6), ("picture", 2, 0.8)], [("meaning", 3, 0.0)]]
    assert found.hits[0].score == pytest.approx(1 / 62 + 1 / 62)


def test_what_has_no_vector_is_similar_by_its_words(store: Store) -> None:
    remember(store, passage("a quiet harbour", 0), passage("a loud harbour", 100), passage("a loaf of bread", 200))
    this = ask(store, "quiet").hits[0].memory

    assert texts_of(similar(store, "ada", this.id)) == ["a loud harbour"]
