"""What was committed and never told, because its process died in between, is told by the next sweep, once."""

from collections.abc import Sequence
from dataclasses import replace
from time import time

import pytest
from redis import Redis
from support.stores import HandClock, stream_begun, waiting_jobs
from support.work import COUNTING, OWNER, a_claim, a_job, fail, story, succeed

from triptych import clocks
from triptych.events.event import Event
from triptych.ids import first_id_of
from triptych.jobs.owner import Selection, cancel, cancel_many, retry
from triptych.jobs.retelling import AT_A_TIME, SETTLE_S, tell_what_was_lost
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import rescue_lapsed, sweep
from triptych.rings import Ring
from triptych.store import Store
from triptych.wire import Wire, connect

SOON_S = SETTLE_S + 1  # what was committed now has settled by then
BEGUN_S = 60.0
APART_S = 10 * BEGUN_S


@pytest.fixture
def clock() -> HandClock:
    """By the time that Redis has, which numbers the events."""
    return HandClock(time())


@pytest.fixture
def here(store: Store, clock: HandClock) -> Store:
    """A store whose stream has begun a while ago."""
    stream_begun(store, BEGUN_S)
    return replace(store, clock=clock)


@pytest.fixture
def mute(here: Store, away: Store) -> Store:
    """The same store, for a process that dies between a commit and its events."""
    return replace(here, wire=away.wire)


class Forgetful(Wire):
    """A wire to a Redis that is killed, and comes back empty, as soon as it has said since when it tells."""

    def begins_at(self) -> float | None:
        begun = super().begins_at()
        self._redis.flushall()
        self.position()
        return begun


class Halting(Wire):
    """The wire of a process that stands still between a commit and its events, until it goes on."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self._untold: list[tuple[Sequence[Ring], Sequence[Event]]] = []

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        self._untold.append((rings, events))
        return True

    def go_on(self) -> None:
        for rings, events in self._untold:
            super().send(rings, events)


def retold(store: Store, clock: HandClock, since: float = 0.0) -> list[str]:
    """What a sweep tells that comes when all has settled."""
    clock.forward(SOON_S)
    return tell_what_was_lost(store, since)


def test_a_lost_beginning_is_told_once(here: Store, mute: Store, clock: HandClock) -> None:
    job = a_job(mute)

    first, second = retold(here, clock), retold(here, clock)

    assert (first, second) == ([job.id], [])
    assert story(here, job) == ["job.queued"]


@pytest.mark.parametrize("leave", [succeed, fail])
def test_a_lost_end_is_told_once(here: Store, mute: Store, clock: HandClock, leave) -> None:  # type: ignore[no-untyped-def]
    job = a_job(here)
    leave(mute, a_claim(here, job))

    first, second = retold(here, clock), retold(here, clock)

    assert (first, second) == ([job.id], [])
    assert story(here, job) == ["job.queued", "job.started", "job.finished"]


def test_an_end_that_its_own_process_tells_late_is_told_once(here: Store, clock: HandClock) -> None:
    job = a_job(here)
    halting = Halting(here.wire.redis)
    succeed(replace(here, wire=halting), a_claim(here, job))

    told = retold(here, clock)
    halting.go_on()

    assert told == [job.id]
    assert story(here, job) == ["job.queued", "job.started", "job.finished"]


def test_a_lost_end_is_told_as_the_job_ended(here: Store, mute: Store, clock: HandClock) -> None:
    fail(mute, a_claim(here, a_job(here)), "bad_input", "the file is empty")

    retold(here, clock)

    newest = list(here.wire.read("0-0"))[-1]
    assert newest.owner == OWNER
    assert '"state":"failed","error":{"code":"bad_input","message":"the file is empty"}' in newest.body


def test_a_lost_cancel_is_told_once(here: Store, mute: Store, clock: HandClock) -> None:
    job = a_job(here)
    cancel(mute, OWNER, job.id)

    first, second = retold(here, clock), retold(here, clock)

    assert (first, second) == ([job.id], [])
    assert story(here, job) == ["job.queued", "job.finished"]


def test_the_lost_end_of_a_second_attempt_is_told_although_the_first_ones_was(
    here: Store, mute: Store, clock: HandClock
) -> None:
    job = a_job(here)
    fail(here, a_claim(here, job))
    retry(here, OWNER, job.id)
    succeed(mute, a_claim(here, job))

    first, second = retold(here, clock), retold(here, clock)

    assert (first, second) == ([job.id], [])


def test_a_lost_cancel_is_told_although_one_of_the_same_attempt_was(here: Store, mute: Store, clock: HandClock) -> None:
    job = a_job(here)
    cancel(here, OWNER, job.id)
    clock.forward(0.001)
    retry(here, OWNER, job.id)
    cancel(mute, OWNER, job.id)

    first, second = retold(here, clock), retold(here, clock)

    assert (first, second) == ([job.id], [])
    assert story(here, job) == ["job.queued", "job.finished", "job.queued", "job.finished"]


def test_all_that_was_lost_is_told_however_much_it_is(here: Store, mute: Store, clock: HandClock) -> None:
    came = {job.id for job in waiting_jobs(mute, OWNER, AT_A_TIME + 1, COUNTING)}
    ended = [job.id for job in waiting_jobs(here, "bob", AT_A_TIME + 1, COUNTING)]
    for one in (ended[:AT_A_TIME], ended[AT_A_TIME:]):
        cancel_many(mute, "bob", Selection(one))

    first, second = retold(here, clock), retold(here, clock)

    assert (len(first), set(first), second) == (2 * AT_A_TIME + 2, came | set(ended), [])


@pytest.mark.parametrize("apart_s", [-APART_S, APART_S])
def test_a_clock_far_from_that_of_redis_has_nothing_told_twice_and_all_told(
    here: Store, mute: Store, clock: HandClock, apart_s: float
) -> None:
    clock.forward(apart_s)
    told, lost = a_claim(here, a_job(here)), a_claim(here, a_job(here))
    succeed(here, told)
    succeed(mute, lost)

    assert retold(here, clock, since=clock()) == [lost.job.id]
    assert retold(here, clock, since=clock() - SOON_S) == []


def test_what_was_told_is_not_told_again(here: Store, clock: HandClock) -> None:
    waiting, ended = a_job(here), a_job(here)
    succeed(here, a_claim(here, ended))

    assert retold(here, clock) == []
    assert story(here, waiting) == ["job.queued"]
    assert story(here, ended) == ["job.queued", "job.started", "job.finished"]


def test_what_was_committed_a_moment_ago_is_left_to_who_is_about_to_tell_it(
    here: Store, mute: Store, clock: HandClock
) -> None:
    a_job(mute)
    succeed(mute, a_claim(here, a_job(here)))
    clock.forward(SETTLE_S - 0.1)

    assert tell_what_was_lost(here, since=0.0) == []


def test_what_is_older_than_the_stream_is_left_alone(here: Store, mute: Store, clock: HandClock) -> None:
    ended = a_claim(here, a_job(here))
    connect(here.settings.redis).flushall()
    clock.forward(-3600)
    earlier = f"{first_id_of(clock())[:-1]}1"
    submit(mute, Submission(OWNER, COUNTING, {}, id=earlier))
    succeed(mute, ended)
    clock.forward(3600)
    here.wire.position()  # the stream begins anew

    assert retold(here, clock) == []


def test_what_an_empty_redis_does_not_tell_is_left_alone(here: Store, mute: Store, clock: HandClock) -> None:
    told, lost, running = a_job(here), a_job(mute), a_job(here)
    succeed(here, a_claim(here, told))
    a_claim(here, running)
    connect(here.settings.redis).flushall()

    assert retold(here, clock) == []
    lapse(here, clock)
    assert [story(here, job) for job in (told, lost, running)] == [[], [], ["job.queued"]]


def test_what_redis_loses_while_it_is_asked_is_left_alone(here: Store, clock: HandClock) -> None:
    waiting, told, running = a_job(here), a_job(here), a_job(here)
    succeed(here, a_claim(here, told))
    a_claim(here, running)
    forgetful = replace(here, wire=Forgetful(connect(here.settings.redis)))

    retold(forgetful, clock)
    assert [story(here, job) for job in (waiting, told)] == [[], []]
    lapse(forgetful, clock)
    assert story(here, running) == ["job.queued"]


def test_what_came_before_the_last_sweep_is_left_alone(here: Store, mute: Store, clock: HandClock) -> None:
    a_job(mute)
    succeed(mute, a_claim(here, a_job(here)))
    clock.forward(clocks.APART_S + 1)

    assert retold(here, clock, since=clock()) == []


def test_what_a_machine_committed_whose_clock_is_behind_is_told(here: Store, mute: Store, clock: HandClock) -> None:
    behind_s = clocks.APART_S - 1
    behind = replace(mute, clock=lambda: clock() - behind_s)
    its_id = f"{first_id_of(behind.clock())[:-1]}1"
    ended = a_claim(here, a_job(here))
    came = submit(behind, Submission(OWNER, COUNTING, {}, id=its_id))
    succeed(behind, ended)

    assert sorted(retold(here, clock, since=clock())) == sorted([came.id, ended.job.id])


def test_the_sweep_tells_what_was_lost(here: Store, mute: Store, clock: HandClock) -> None:
    job = a_job(here)
    succeed(mute, a_claim(here, job))
    clock.forward(SOON_S)

    sweep(here, since=0.0)

    assert story(here, job) == ["job.queued", "job.started", "job.finished"]


def test_the_lost_start_of_a_run_that_died_is_told_before_its_end(here: Store, mute: Store, clock: HandClock) -> None:
    job = a_job(here)
    a_claim(mute, job)
    lapse(here, clock)

    assert story(here, job) == ["job.queued", "job.started", "job.queued"]


def test_a_start_that_was_told_is_not_told_again_when_its_run_has_died(here: Store, clock: HandClock) -> None:
    job = a_job(here)
    for _ in range(here.settings.max_attempts):
        a_claim(here, job)
        lapse(here, clock)

    told = ["job.queued", "job.started"] * here.settings.max_attempts
    assert story(here, job) == [*told, "job.finished"]


def test_the_start_of_a_run_that_is_older_than_the_stream_is_left_alone(
    here: Store, mute: Store, clock: HandClock
) -> None:
    clock.forward(-2 * BEGUN_S)
    job = a_job(here)
    a_claim(mute, job)
    clock.forward(2 * BEGUN_S)
    rescue_lapsed(here)

    assert story(here, job) == ["job.queued", "job.queued"]


def lapse(store: Store, clock: HandClock) -> None:
    """Let the leases lapse, and rescue the runs."""
    clock.forward(store.settings.lease_s + 1)
    assert rescue_lapsed(store)
