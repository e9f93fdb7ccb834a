"""Who dies while an archive comes in leaves all of it, sooner or later, or nothing, and holds up nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, or_, select, update
from support.archives import BEES, HARBOUR, a_full_memory, exported
from support.remembering import a_finished_job, a_kept_file, ask, passage, remember, texts_of, vector
from support.work import COUNTING, a_claim, a_job, succeed

from triptych.chat.finding import list_conversations
from triptych.chat.tables import conversations
from triptych.database import Database
from triptych.files import files
from triptych.garbage import collect_garbage
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.tables import jobs
from triptych.memory.archive import giving, staging
from triptych.memory.archive.bringing import import_archive
from triptych.memory.marks import create_collection, list_collections
from triptych.memory.tables import collections, memories, memory_imports, memory_sources
from triptych.store import Store

TABLES = (files, jobs, collections, memory_sources, memories, conversations)
BY = "grace"


@dataclass(frozen=True)
class Dying(Database):
    """The database of a process that dies instead of its ``last``-th transaction that writes."""

    last: int = 0
    begun: list[None] = field(default_factory=list)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.begun.append(None)
        if len(self.begun) == self.last:
            raise KeyboardInterrupt
        with super().write() as connection:
            yield connection


def dying(store: Store, last: int = 0) -> Store:
    return replace(store, database=Dying(store.database.engine, last))


def staged_rows(store: Store) -> int:
    with store.database.read() as connection:
        owners = [one for table in TABLES for one in connection.execute(select(table.c.owner)).scalars()]
    return sum(owner.startswith(staging.STAGED) for owner in owners)


@pytest.fixture
def archive(store: Store, tmp_path: Path) -> Path:
    """The archive of somebody who has a full memory here, and a job with a child."""
    _, job = a_full_memory(store, tmp_path)
    child = Submission("ada", COUNTING, {}, parent_id=job.id, child=0)
    succeed(store, a_claim(store, submit(store, child)))
    return exported(store, tmp_path / "all.zip")


def writes_of(store: Store, archive: Path) -> int:
    """How many transactions an import has until it is whole, of an owner who has nothing."""
    counting = dying(store)
    import_archive(counting, "hopper", archive)
    assert isinstance(counting.database, Dying)
    return len(counting.database.begun) - GIVING


GIVING = len(TABLES) + 2  # transactions: a page of each kind, two of jobs, and the last look


def test_who_dies_before_all_is_there_leaves_nothing(store: Store, archive: Path) -> None:
    died = dying(store, writes_of(store, archive))

    with pytest.raises(KeyboardInterrupt):
        import_archive(died, BY, archive)

    assert staged_rows(store) == 0
    assert ask(store, "sailing", owner=BY).hits == []


@pytest.mark.parametrize("page", range(1, GIVING + 1))
def test_who_dies_while_it_is_given_is_gone_on_with_by_a_sweep(store: Store, archive: Path, page: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        import_archive(dying(store, writes_of(store, archive) + page), BY, archive)

    giving.sweep_imports(replace(store, clock=lambda: store.clock() + 2 * giving.LEFT_ALONE_S))

    assert staged_rows(store) == 0
    assert texts_of(ask(store, "sailing", owner=BY)) == [HARBOUR]
    assert texts_of(ask(store, "", vector(0, 1, 0), owner=BY))[0] == BEES
    assert len(list_conversations(store, BY, "", None, 9).items) == 1
    with store.database.read() as connection:
        assert connection.execute(select(memory_imports)).all() == []


def test_import_whose_rows_are_refused_keeps_no_other_from_its_owner(store: Store, archive: Path) -> None:
    page = writes_of(store, archive) + 1
    for owner in ("refused", BY):
        with pytest.raises(KeyboardInterrupt):
            import_archive(dying(store, page), owner, archive)
    [refused] = giving._whole(store, memory_imports.c.owner == "refused")
    of_one_key = or_(jobs.c.owner == refused.staged, jobs.c.id == a_job(store, "refused").id)
    with store.database.write() as connection:
        connection.execute(update(jobs).where(of_one_key, jobs.c.parent_id.is_(None)).values(idempotency_key="one"))

    giving.sweep_imports(replace(store, clock=lambda: store.clock() + 2 * giving.LEFT_ALONE_S))

    assert texts_of(ask(store, "sailing", owner=BY)) == [HARBOUR]


def test_who_dies_while_it_is_given_finds_all_of_it_by_importing_again(store: Store, archive: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        import_archive(dying(store, writes_of(store, archive) + 3), BY, archive)

    brought = import_archive(store, BY, archive)

    assert (brought.files, brought.jobs, brought.memories, brought.conversations) == (0, 0, 0, 0)
    assert staged_rows(store) == 0
    assert texts_of(ask(store, "sailing", owner=BY)) == [HARBOUR]


def test_who_was_asked_for_is_given_before_who_asked(store: Store, archive: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        import_archive(dying(store, writes_of(store, archive) + 1), BY, archive)
    [owners] = giving._whole(store, memory_imports.c.owner == BY)

    seen = []
    while giving._give_page(store, owners):
        with store.database.read() as connection:
            rows = connection.execute(select(jobs.c.owner, jobs.c.parent_id).where(jobs.c.owner == BY)).all()
        seen.append(sorted(row.parent_id is not None for row in rows))

    assert [True] in seen
    assert seen[-1] == [False, True]


def test_collection_of_a_name_that_was_given_meanwhile_goes_into_that(store: Store, archive: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        import_archive(dying(store, writes_of(store, archive) + 1), BY, archive)
    create_collection(store, BY, "Sea")

    giving.give_owners(store, BY)

    [sea] = list_collections(store, BY)
    assert (sea.name, sea.sources) == ("Sea", 1)


def test_what_was_remembered_of_a_file_meanwhile_stays_when_the_import_goes(store: Store) -> None:
    file = a_kept_file(store)
    owners = staging.begin(store, "ada")
    row = {"id": "01a21e00-0000-7000-8000-000000000001", "owner": owners.staged, "file_id": file.id, "title": "a"}
    with store.database.write() as connection:
        connection.execute(memory_sources.insert(), row | {"media_type": "text/plain", "created_at": 1.0})
    remember(store, passage(HARBOUR), file=file, job=a_finished_job(store, files=[file]))

    staging.abandon(store, owners)

    assert texts_of(ask(store, "harbour")) == [HARBOUR]
    assert staged_rows(store) == 0


@pytest.mark.parametrize("later", [collect_garbage, lambda store: staging.begin(store, "hopper")])
def test_what_an_import_left_that_died_is_removed_a_day_later(store: Store, later: Callable[[Store], object]) -> None:
    died = staging.begin(store, BY)
    row = {"id": "00000000-0000-0000-0000-00000000000a", "owner": died.staged, "name": "Left", "created_at": 1.0}
    with store.database.write() as connection:
        connection.execute(collections.insert(), row)

    later(store)
    before = staged_rows(store)
    later(replace(store, clock=lambda: store.clock() + 2 * staging.ABANDONED_S))

    assert (before, staged_rows(store)) == (1, 0)


def test_what_an_import_left_that_died_is_removed_by_a_later_one(store: Store, archive: Path) -> None:
    died = staging.begin(store, BY)
    row = {"id": "00000000-0000-0000-0000-00000000000a", "owner": died.staged, "name": "Left", "created_at": 1.0}
    with store.database.write() as connection:
        connection.execute(collections.insert(), row)
    tomorrow = replace(store, clock=lambda: store.clock() + 2 * staging.ABANDONED_S)

    import_archive(tomorrow, BY, archive)

    with store.database.read() as connection:
        assert connection.execute(select(collections.c.name).where(collections.c.name == "Left")).all() == []
    assert len(ask(store, "sailing", owner=BY).hits) == 1
