from collections.abc import Iterator

import pytest
from sqlalchemy import event
from support.rebuilding import BEST, BETTER, built, states, took_over
from support.remembering import (
    MEANING,
    OWNER,
    PICTURES,
    a_finished_job,
    a_kept_file,
    ask,
    origin_of,
    passage,
    remember,
    texts_of,
    vector,
)
from support.work import a_claim, a_job, succeed

from pipelines.house import Space, SpaceKind
from triptych.memory.filling import fill, memories_without_vector, notes_without_vectors
from triptych.memory.keeping import OtherModel, keep
from triptych.memory.leaving import sweep_spaces
from triptych.memory.marks import add_note
from triptych.memory.spaces import (
    BeingBuilt,
    SpaceClosed,
    activate,
    has_vectors,
    open_space,
    spaces,
)
from triptych.memory.values import SpaceState
from triptych.store import Store

pytestmark = pytest.mark.redis


def test_vectors_can_be_kept_here(store: Store) -> None:
    assert has_vectors(store.database)


def test_the_first_space_of_a_kind_is_searched_at_once(store: Store) -> None:
    with store.database.write() as connection:
        first = open_space(connection, MEANING, 0.0)
        again = open_space(connection, MEANING, 1.0)
    second = built(store)

    assert (first.state, second.state) == (SpaceState.ACTIVE, SpaceState.BUILDING)
    assert again == first


def test_vectors_of_another_model_are_kept_where_it_is_being_built_alone(store: Store) -> None:
    with store.database.write() as connection:
        open_space(connection, MEANING, 0.0)
        with pytest.raises(SpaceClosed, match="sextant"):
            open_space(connection, BETTER, 0.0)
    building = built(store)

    with store.database.write() as connection:
        opened = open_space(connection, BETTER, 0.0)

    assert opened == building


def test_vectors_of_another_shape_are_left_and_their_words_are_kept(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    file = a_kept_file(store)
    job = a_finished_job(store, files=[file])
    wider = Space(SpaceKind.TEXT, "compass", 5)
    memory = passage("bakery", 0, vector(1, 0, 0, 0, 0, space=wider), vector(0, 0, 1, space=PICTURES))

    with store.database.write() as connection:
        [warning] = keep(connection, OWNER, job.id, 1, {0: origin_of(file)}, [memory], store.clock())

    assert "compass has 5 dimensions, not 3" in warning
    assert texts_of(ask(store, "bakery")) == ["bakery"]
    assert texts_of(ask(store, "", vector(1, 0, 0))) == ["harbour"]
    assert texts_of(ask(store, "", vector(0, 0, 1, space=PICTURES))) == ["bakery"]


def reindex(store: Store) -> Iterator[str]:
    """Build the better space step by step, while more comes, and have it searched."""
    building = built(store)
    yield "opened"
    remember(store, passage("a pier", 900, vector(1, 0.1, 0), vector(1, 0.1, 0, 0, space=BETTER)))
    yield "remembered meanwhile"
    after = 0
    while page := _page(store, after):
        with store.database.write() as connection:
            fill(connection, building, {lacking.id: vector(1, 0, 0, 0).values for lacking in page})
        after = page[-1].number
        yield "filled a page"
    with store.database.write() as connection:
        activate(connection, BETTER)
    yield "activated"


def _page(store: Store, after: int):  # type: ignore[no-untyped-def]
    [building] = [stored for stored in spaces(store) if stored.space == BETTER]
    with store.database.read() as connection:
        return memories_without_vector(connection, None, building, after, 2)


def test_another_model_takes_over_while_searches_go_on(store: Store) -> None:
    remember(store, *(passage(f"harbour {number}", number, vector(1, number, 0)) for number in range(3)))
    old, new = vector(1, 0, 0), vector(1, 0, 0, 0, space=BETTER)

    told = []
    for step in reindex(store):
        found = ask(store, "", old, new)
        told.append((step, len(found.hits), found.warnings != (), [one.by for one in found.hits[0].by]))

    assert told == [
        ("opened", 3, True, ["meaning"]),
        ("remembered meanwhile", 4, True, ["meaning"]),
        ("filled a page", 4, True, ["meaning"]),
        ("filled a page", 4, True, ["meaning"]),
        ("activated", 4, True, ["meaning"]),
    ]
    assert states(store) == {"compass": "retired", "sextant": "active"}
    assert "compass" in ask(store, "", old, new).warnings[0]


def test_retired_model_is_not_revived_by_a_run_that_knew_it(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    took_over(store)

    with pytest.raises(OtherModel, match="sextant"):
        remember(store, passage("a pier", 900, vector(1, 0, 0)))

    assert states(store) == {"compass": "retired", "sextant": "active"}
    assert texts_of(ask(store)) == ["harbour"]


def test_vectors_of_what_is_no_longer_built_are_left_out(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    first = a_claim(store, a_job(store))
    built(store, BETTER, first.job)
    succeed(store, first)
    built(store, BEST)

    remember(
        store,
        passage("pier", 9, vector(1, 0, 0), vector(1, 0, 0, 0, space=BETTER), vector(1, 0, 0, 0, space=BEST)),
    )

    assert states(store) == {"compass": "active", "sextant": "retired", "stars": "building"}
    assert texts_of(ask(store, "", vector(1, 0, 0))) == ["harbour", "pier"]


def test_retired_model_can_begin_anew_before_its_table_is_gone(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    took_over(store)

    again = built(store, MEANING)

    assert sorted((one.space.model, one.state.value) for one in spaces(store)) == [
        ("compass", "building"),
        ("compass", "retired"),
        ("sextant", "active"),
    ]
    with store.database.read() as connection:
        assert len(memories_without_vector(connection, None, again, 0, 9)) == 1


def test_space_is_filled_by_one_job_at_a_time(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    first = a_claim(store, a_job(store))
    built(store, BETTER, first.job)

    with pytest.raises(BeingBuilt, match=f"sextant .* {first.job.id}"):
        built(store, BEST)
    with pytest.raises(BeingBuilt, match="sextant"):
        built(store, BETTER)
    again = built(store, BETTER, first.job)
    succeed(store, first)
    another = built(store, BEST)

    assert (again.state, another.state) == (SpaceState.BUILDING, SpaceState.BUILDING)


def test_space_that_is_not_there_cannot_take_over(store: Store) -> None:
    with store.database.write() as connection, pytest.raises(SpaceClosed):
        activate(connection, MEANING)


def test_a_vector_of_what_was_forgotten_meanwhile_is_not_kept(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    [active] = spaces(store)

    with store.database.write() as connection:
        kept = fill(connection, active, {"gone": vector(0, 1, 0).values})

    assert kept == 0


def test_a_note_waits_for_its_vector(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    note = add_note(store, OWNER, ask(store).hits[0].source.id, "rolls")

    with store.database.write() as connection:
        [(stored, [lacking])] = notes_without_vectors(connection, 10)
        fill(connection, stored, {lacking.id: vector(0, 1, 0).values})
        left = notes_without_vectors(connection, 10)

    assert (lacking.id, lacking.text, left) == (note.id, "rolls", [(stored, [])])
    assert texts_of(ask(store, "", vector(0, 1, 0)))[0] == "rolls"


def test_a_search_goes_on_where_a_model_takes_over_in_the_middle_of_it(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    built(store)
    taken_over: list[str] = []

    def take_over(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "memory_vectors_" in statement and statement.startswith("WITH") and not taken_over:
            taken_over.append(statement)
            with store.database.write() as another:
                activate(another, BETTER)
            sweep_spaces(store)

    event.listen(store.database.engine, "before_cursor_execute", take_over)
    found = ask(store, "harbour", vector(1, 0, 0))
    event.remove(store.database.engine, "before_cursor_execute", take_over)

    assert (len(taken_over), texts_of(found)) == (1, ["harbour"])
    assert states(store) == {"sextant": "active"}
