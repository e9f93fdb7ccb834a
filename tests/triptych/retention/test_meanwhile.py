"""What is pinned, noted, collected, used or changed in the moment that it was to go stays, on both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from support.chatting import a_conversation, ask
from support.remembering import passage, remember
from support.stores import HandClock, somebody_waits
from support.until import until
from support.work import OWNER, a_claim, a_file, a_job, succeed

from triptych.files import File, add_files
from triptych.jobs.job import Job
from triptych.jobs.owner import retry
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.tables import job_inputs
from triptych.memory import marks
from triptych.memory import values as memory
from triptych.memory.reading import list_sources, memories_of_source
from triptych.memory.tables import collection_sources, collections, memories
from triptych.retention.removing import remove_due
from triptych.retention.rules import Rule, What, keep_rules
from triptych.store import Store
from triptych.uploads import list_owned

pytestmark = pytest.mark.redis

DAY_S = 86_400.0
BOTH = [Rule(What.JOBS, 30), Rule(What.FILES, 30)]


class Meanwhile(Event):
    """Looked at between the moment that something was found to go and the one that it goes: then somebody acts."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act: Callable[[], object] | None = act

    def is_set(self) -> bool:
        act, self._act = self._act, None
        if act is not None:
            act()
        return super().is_set()


def an_old_memory(store: Store, clock: HandClock, what: What) -> memory.Source:
    """What is remembered of a file, by a job that worked on it; that job is to go, or the file, which no job has."""
    file = a_file(store)
    with store.database.write() as connection:
        add_files(connection, [file])
    remember(store, passage("the ships sail out"), file=file, job=a_finished_job(store, file))
    if what is What.FILES:  # as in a house that it was brought into by an archive
        with store.database.write() as connection:
            connection.execute(delete(job_inputs))
    clock.forward(31 * DAY_S)
    keep_rules(store, OWNER, [Rule(what, 30)])
    [found] = list_sources(store, OWNER, memory.Filter(), None, 1)
    return found.source


def a_finished_job(store: Store, *inputs: File) -> Job:
    job = a_job(store, inputs=inputs)
    succeed(store, a_claim(store, job))
    return job


def what_is_left(store: Store) -> tuple[int, int]:
    return len(list_jobs(store, OWNER, Filter(), 100)), len(list_owned(store, OWNER, None, 100))


def pin(store: Store, source: memory.Source) -> None:
    [one] = memories_of_source(store, OWNER, source.id, None, 1)
    marks.pin(store, OWNER, one.id)


def note(store: Store, source: memory.Source) -> None:
    marks.add_note(store, OWNER, source.id, "this one")


def collect(store: Store, source: memory.Source) -> None:
    marks.collect(store, OWNER, marks.create_collection(store, OWNER, "Sea").id, source.id)


@pytest.mark.parametrize("what", What)
@pytest.mark.parametrize("mark", [pin, note, collect])
def test_what_is_marked_when_it_was_found_to_go_stays(
    timed: Store, clock: HandClock, mark: Callable[[Store, memory.Source], None], what: What
) -> None:
    source = an_old_memory(timed, clock, what)

    removed = remove_due(timed, Meanwhile(lambda: mark(timed, source)))

    assert (removed, what_is_left(timed)) == (0, (1, 1))


def test_file_that_is_attached_when_it_was_found_to_go_stays(timed: Store, clock: HandClock) -> None:
    file = a_file(timed)
    with timed.database.write() as connection:
        add_files(connection, [file])
    talk = a_conversation(timed, OWNER)
    clock.forward(31 * DAY_S)
    keep_rules(timed, OWNER, BOTH)

    removed = remove_due(timed, Meanwhile(lambda: ask(timed, talk, "What is it?", files=[file])))

    assert (removed, [one.id for one in list_owned(timed, OWNER, None, 10)]) == (0, [file.id])


def test_job_that_is_done_again_when_it_was_found_to_go_stays(timed: Store, clock: HandClock) -> None:
    job = a_finished_job(timed)
    clock.forward(31 * DAY_S)
    keep_rules(timed, OWNER, BOTH)

    def done_again() -> None:
        retry(timed, OWNER, job.id)
        succeed(timed, a_claim(timed, job))

    removed = remove_due(timed, Meanwhile(done_again))

    assert (removed, what_is_left(timed)) == (0, (1, 0))


def pinning(connection: Connection, number: int) -> None:
    held = select(memories.c.number).where(memories.c.source == number).with_for_update(key_share=True)
    connection.execute(held)
    connection.execute(update(memories).where(memories.c.source == number).values(pinned_at=1.0))


def collecting(connection: Connection, number: int) -> None:
    connection.execute(insert(collections).values(id="c" * 36, owner=OWNER, name="Sea", created_at=0.0))
    connection.execute(insert(collection_sources).values(collection_id="c" * 36, source=number, added_at=0.0))


@contextmanager
def under_way(store: Store, mark: Callable[[Connection, int], None]) -> Iterator[None]:
    """For the block somebody has marked the one source there is, and has not committed."""
    with store.database.write() as connection:
        mark(connection, connection.execute(select(memories.c.source)).scalars().first() or 0)
        yield


@pytest.mark.postgres
@pytest.mark.parametrize("what", What)
@pytest.mark.parametrize("mark", [pinning, collecting])
def test_whoever_is_just_marking_it_is_waited_for_and_it_stays(
    impatient: Store, clock: HandClock, mark: Callable[[Connection, int], None], what: What
) -> None:
    an_old_memory(impatient, clock, what)

    with ThreadPoolExecutor(1) as another:
        with under_way(impatient, mark):
            removing = another.submit(remove_due, impatient, Event())
            until(lambda: removing.done() or somebody_waits(impatient))
        removed = removing.result()

    assert (removed, what_is_left(impatient)) == (0, (1, 1))
