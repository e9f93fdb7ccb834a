"""A job's story is told in order, once, also where a worker goes on with a job before who queued it has told so."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from support.stores import SHUT, admitted, stream_begun, with_settings
from support.work import COUNTING, DONE, OWNER, a_claim, a_job, fail, fail_in_passing, hand_back, story, succeed

from triptych.events.event import Event, Numbered
from triptych.jobs import ending, ends
from triptych.jobs.ends import LONGEST_RETRY_S
from triptych.jobs.leases import Claim, Holder, claim
from triptych.jobs.owner import cancel, cancel_many, retry
from triptych.jobs.selection import Selection
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit_many
from triptych.jobs.sweep import sweep, wake
from triptych.rings import Ring
from triptych.store import Store
from triptych.wire import Wire, connect


class Slow(Wire):
    """A wire of a process that has committed, and takes its time until it tells."""

    def __init__(self) -> None:
        self._held: list[tuple[Sequence[Ring], Sequence[Event]]] = []

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        self._held.append((rings, events))
        return True

    def tell(self, wire: Wire) -> None:
        """Tell now."""
        for rings, events in self._held:
            wire.send(rings, events)


@pytest.fixture
def narrow(store: Store) -> Store:
    """A store whose windows have one place, and whose stream has been there for an hour."""
    stream_begun(store, ago_s=3600)
    return with_settings(store, window=1)


@pytest.fixture
def slow(narrow: Store) -> Store:
    """The same store, for a process that takes its time."""
    return replace(narrow, wire=Slow())


def tell(slow: Store, store: Store) -> None:
    assert isinstance(slow.wire, Slow)
    slow.wire.tell(store.wire)


def end_and_go_on(store: Store, claimed: Claim) -> list[Claim]:
    end = ends.succeeded(claimed.row, store.clock(), DONE)
    return ending.end_and_go_on(store, [end], Holder("worker-1"))[1]


def test_a_job_that_another_process_rings_for_is_told_as_queued_before_it_starts(narrow: Store, slow: Store) -> None:
    in_the_way, job = a_job(narrow), a_job(slow)

    a_claim(narrow, in_the_way)  # makes room, and rings for the next
    succeed(narrow, a_claim(narrow, job))
    tell(slow, narrow)

    assert story(narrow, job) == ["job.queued", "job.started", "job.finished"]


def test_a_job_that_a_slot_goes_on_with_is_told_as_queued_before_it_starts(narrow: Store, slow: Store) -> None:
    claimed = a_claim(narrow, a_job(narrow))
    job = a_job(with_settings(slow, window=SHUT))

    [following] = end_and_go_on(narrow, claimed)
    tell(slow, narrow)

    assert following.job.id == job.id
    assert story(narrow, job) == ["job.queued", "job.started"]


def test_a_job_that_was_told_as_queued_is_not_told_so_again_by_who_goes_on_with_it(narrow: Store) -> None:
    claimed = a_claim(narrow, a_job(narrow))
    chained, rung = (a_job(with_settings(narrow, window=SHUT)) for _ in range(2))

    [following] = end_and_go_on(narrow, claimed)
    admitted(narrow)
    a_claim(narrow, rung)

    assert following.job.id == chained.id
    assert [story(narrow, job) for job in (chained, rung)] == [["job.queued", "job.started"]] * 2


def test_the_jobs_of_a_bulk_are_told_once_while_workers_go_on_with_them(narrow: Store, slow: Store) -> None:
    submit_many(slow, (Submission(OWNER, COUNTING, {}) for _ in range(150)))
    [ring] = admitted(with_settings(narrow, window=2))
    tell(slow, narrow)

    told = [event.job_id for event in narrow.wire.read("0-0") if event.job_id]
    assert (len(told), len(set(told))) == (150, 150)
    assert told[0] in ring.job_ids


def test_a_job_that_its_process_tells_of_after_the_sweep_is_told_once(narrow: Store, slow: Store) -> None:
    job = a_job(slow)
    later = replace(narrow, clock=lambda: narrow.clock() + 3)

    sweep(later, since=0.0)
    tell(slow, narrow)

    assert story(narrow, job) == ["job.queued"]


def test_a_job_that_is_retried_before_its_first_run_is_told_each_time(narrow: Store) -> None:
    in_the_way, job = a_job(narrow), a_job(narrow)
    cancel(narrow, OWNER, job.id)
    retry(narrow, OWNER, job.id)
    a_claim(narrow, in_the_way)
    fail(narrow, a_claim(narrow, job))

    assert story(narrow, job) == ["job.queued", "job.finished", "job.queued", "job.started", "job.finished"]


def test_what_may_have_been_told_in_a_stream_that_was_lost_is_not_told_again_for_another(store: Store) -> None:
    narrow = with_settings(store, window=1)
    in_the_way, job = a_job(narrow), a_job(narrow)

    connect(store.settings.redis).flushall()  # Redis has come back with nothing in it
    a_claim(narrow, in_the_way)  # makes room, and rings for the next
    a_claim(narrow, job)

    assert story(narrow, job) == ["job.started"]


def test_a_job_that_came_while_redis_was_lost_is_not_told_as_queued_after_it_started(
    narrow: Store, slow: Store
) -> None:
    in_the_way, job = a_job(narrow), a_job(slow)

    connect(narrow.settings.redis).flushall()
    a_claim(narrow, in_the_way)
    a_claim(narrow, job)
    tell(slow, narrow)

    assert story(narrow, job) == ["job.started"]


@pytest.mark.parametrize("act", [cancel, lambda store, owner, job_id: cancel_many(store, owner, Selection([job_id]))])
def test_a_job_that_is_cancelled_at_once_is_told_as_queued_before(  # type: ignore[no-untyped-def]
    narrow: Store, slow: Store, act
) -> None:
    job = a_job(slow)

    act(narrow, OWNER, job.id)
    tell(slow, narrow)

    assert story(narrow, job) == ["job.queued", "job.finished"]


class Meanwhile(Wire):
    """A wire of a process that asks what was told while others go on."""

    def __init__(self, wire: Wire, go_on: Callable[[], object]) -> None:
        self._wire = wire
        self._go_on = go_on

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        return self._wire.send(rings, events)

    def begins_at(self) -> float | None:
        return self._wire.begins_at()

    def read(self, after: str, until: str = "+") -> Iterator[Numbered]:
        return self._wire.read(after, until)

    def time(self) -> float:
        self._go_on()
        return self._wire.time()


def test_a_job_whose_process_died_is_told_as_queued_again_before_its_next_start(narrow: Store) -> None:
    job, other = a_job(narrow), a_job(narrow)
    claimed = a_claim(narrow, job)

    def claim_all_there_is() -> None:
        for one in (other, job):
            claim(narrow, one.id, Holder("worker-2"))

    asking = replace(narrow, wire=Meanwhile(narrow.wire, claim_all_there_is))
    ending.end_all(asking, [ends.died(narrow, claimed.row, narrow.clock(), "its process died")])
    claim_all_there_is()

    assert story(narrow, job) == ["job.queued", "job.started", "job.queued", "job.started"]


@pytest.mark.parametrize("leave", [fail_in_passing, hand_back])
def test_a_job_that_is_queued_again_is_told_so_before_its_next_start(  # type: ignore[no-untyped-def]
    narrow: Store, slow: Store, leave
) -> None:
    job = a_job(narrow)
    leave(slow, a_claim(narrow, job))
    wake(replace(narrow, clock=lambda: narrow.clock() + LONGEST_RETRY_S))

    a_claim(narrow, job)
    tell(slow, narrow)

    assert story(narrow, job) == ["job.queued", "job.started", "job.queued", "job.started"]
