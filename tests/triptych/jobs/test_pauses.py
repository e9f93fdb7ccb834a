"""A pipeline whose server is away waits as a whole; the rest of its lane goes on, and nobody's job fails for it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.stores import HandClock, admitted, ids_of, waiting_jobs, with_settings
from support.work import COUNTING, OWNER, a_claim, a_job, fail, fail_in_passing, hand_back, story, succeed

from pipelines.contract import Lane, Part, PartKind
from triptych.jobs import ending, ends
from triptych.jobs.counts import lane_loads
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, Holder, claim
from triptych.jobs.making import keep_part
from triptych.jobs.owner import cancel
from triptych.jobs.pauses import FIRST_PAUSE_S, LONGEST_PAUSE_S, Pause
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState, Priority
from triptych.jobs.sweep import sweep, wake
from triptych.store import Store
from triptych.wire import connect

REMOTE = replace(COUNTING, name="test.remote")
WHY = "http://whisper.example:9000 does not answer"


def find_it_away(store: Store, claimed: Claim) -> None:
    """End a run because the server that it needs does not answer."""
    ending.end(store, ends.server_away(claimed.row, store.clock(), "server_away", WHY))


def lack_its_download(store: Store, claimed: Claim, asked_s: float | None = None) -> None:
    """End a run because weights that it alone needs cannot be fetched."""
    why = "no weights tiny.pt, and weights.example cannot be reached"
    ending.end(store, ends.download_away(store, claimed.row, store.clock(), "server_away", why, asked_s))


def paused_by(store: Store) -> Job:
    """The job that has just found its server away, with which its pipeline waits."""
    job = a_job(store, pipeline=REMOTE)
    find_it_away(store, a_claim(store, job))
    connect(store.settings.redis).flushall()
    return job


def pauses(store: Store) -> list[Pause]:
    return [pause for load in lane_loads(store) for pause in load.paused]


def pause_s(store: Store) -> float:
    [pause] = pauses(store)
    return pause.until - store.clock()


def probe(store: Store, clock: HandClock) -> str:
    """Have the pause end and the one job that tries find the server away; return its id."""
    over(store, clock)
    [tried] = ids_of(admitted(store))
    claimed = claim(store, tried, Holder("worker-1"))
    assert claimed is not None
    find_it_away(store, claimed)
    return tried


def over(store: Store, clock: HandClock) -> None:
    """Wait until the pause is over."""
    clock.forward(pause_s(store))


def test_jobs_of_a_paused_pipeline_are_not_rung_for(timed: Store) -> None:
    paused_by(timed)

    a_job(timed, pipeline=REMOTE)

    assert timed.wire.waiting(Lane.CPU) == set()
    assert admitted(timed) == []


def test_a_pipeline_is_paused_for_those_who_come_when_nobody_waits(timed: Store) -> None:
    first = paused_by(timed)
    cancel(timed, OWNER, first.id)

    a_job(timed, pipeline=REMOTE)

    assert timed.wire.waiting(Lane.CPU) == set()


def test_what_was_rung_is_taken_back_and_leaves_its_place_to_other_pipelines(timed: Store) -> None:
    narrow = with_settings(timed, window=1)
    claimed = a_claim(narrow, a_job(narrow, pipeline=REMOTE))
    a_job(narrow, pipeline=REMOTE)
    other = a_job(narrow)
    connect(timed.settings.redis).flushall()

    find_it_away(narrow, claimed)

    assert timed.wire.waiting(Lane.CPU) == {other.id}


def test_a_claim_by_a_ring_that_a_worker_has_already_is_refused(timed: Store) -> None:
    claimed, rung = a_claim(timed, a_job(timed, pipeline=REMOTE)), a_job(timed, pipeline=REMOTE)
    find_it_away(timed, claimed)

    refused = claim(timed, rung.id, Holder("worker-2"))

    assert refused is None
    assert get_job(timed, OWNER, rung.id).state is JobState.QUEUED
    assert story(timed, rung) == ["job.queued"]


def test_the_other_pipelines_of_the_lane_go_on(timed: Store) -> None:
    paused_by(timed)

    other = a_job(timed)

    assert timed.wire.waiting(Lane.CPU) == {other.id}
    assert a_claim(timed, other).row.attempt == 1


def test_one_job_tries_when_the_pause_is_over(timed: Store, clock: HandClock) -> None:
    paused_by(timed)
    second, *_ = waiting_jobs(timed, OWNER, 5, REMOTE)
    clock.forward(pause_s(timed) - 0.01)
    early = admitted(timed)
    over(timed, clock)

    tried = ids_of(admitted(timed))
    while_rung = admitted(timed)
    a_claim(timed, second)
    while_running = admitted(timed)

    assert (early, tried) == ([], [second.id])
    assert (while_rung, while_running) == ([], [])


def test_one_job_tries_where_several_would_share_a_message(timed: Store, clock: HandClock) -> None:
    short = replace(REMOTE, batch=8)
    known = a_claim(timed, a_job(timed, pipeline=short))
    clock.forward(0.001)
    succeed(timed, known)
    paused_by(timed)
    second, *_ = waiting_jobs(timed, OWNER, 5, short)
    over(timed, clock)

    tried = ids_of(admitted(timed))

    assert tried == [second.id]


def test_another_job_tries_each_time_until_all_have(timed: Store, clock: HandClock) -> None:
    jobs = [paused_by(timed), *waiting_jobs(timed, OWNER, 2, REMOTE)]

    tried = [probe(timed, clock) for _ in range(5)]

    first, second, third = ids_of(jobs)
    assert tried == [second, third, first, second, third]


def test_a_job_of_another_owner_tries_before_a_second_of_the_same(timed: Store, clock: HandClock) -> None:
    paused_by(timed)
    waiting_jobs(timed, OWNER, 5, REMOTE)
    clock.forward(1)
    [other] = waiting_jobs(timed, "bob", 1, REMOTE, Priority.BATCH)

    tried = probe(timed, clock)

    assert tried == other.id


def test_an_owner_who_may_have_nothing_more_in_flight_has_no_job_that_tries(timed: Store, clock: HandClock) -> None:
    bounded = with_settings(timed, quota_in_flight=1)
    first = paused_by(bounded)
    waiting_jobs(bounded, "bob", 1, REMOTE)
    a_claim(bounded, a_job(bounded, "bob"))
    over(bounded, clock)

    tried = ids_of(admitted(bounded))

    assert tried == [first.id]


def test_a_job_that_alone_never_gets_an_answer_soon_waits_for_itself(timed: Store, clock: HandClock) -> None:
    bad, delays = paused_by(timed), []
    for _ in range(4):
        [healthy] = waiting_jobs(timed, OWNER, 1, REMOTE)
        over(timed, clock)
        admitted(timed)
        succeed(timed, a_claim(timed, healthy))
        find_it_away(timed, a_claim(timed, bad))
        delays.append((get_job(timed, OWNER, bad.id).not_before or 0.0) - clock())
        clock.forward(delays[-1])
        wake(timed)

    bounds = [FIRST_PAUSE_S * 2**tries for tries in range(4)]
    assert all(bound / 2 <= delay <= bound for delay, bound in zip(delays, bounds, strict=True))


def test_one_job_tries_while_others_are_submitted(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    over(timed, clock)
    admitted(timed)
    a_claim(timed, first)
    connect(timed.settings.redis).flushall()

    a_job(timed, pipeline=REMOTE)

    assert timed.wire.waiting(Lane.CPU) == set()


def test_a_success_ends_the_pause(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    second, *waiting = waiting_jobs(timed, OWNER, 3, REMOTE)
    over(timed, clock)
    admitted(timed)

    succeed(timed, a_claim(timed, second))

    assert pauses(timed) == []
    assert timed.wire.waiting(Lane.CPU) >= set(ids_of([first, *waiting]))


def test_the_others_are_rung_for_as_soon_as_one_has_succeeded(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    second, *waiting = waiting_jobs(timed, OWNER, 3, REMOTE)
    over(timed, clock)
    admitted(timed)
    claimed = a_claim(timed, second)
    connect(timed.settings.redis).flushall()

    succeed(timed, claimed)

    assert timed.wire.waiting(Lane.CPU) == set(ids_of([first, *waiting]))


def test_the_first_part_of_a_long_answer_lets_the_others_go_on(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    second, third = waiting_jobs(timed, OWNER, 2, REMOTE)
    over(timed, clock)
    admitted(timed)

    keep_part(timed, a_claim(timed, second), 1, Part(PartKind.TOKEN, {"text": "It "}))

    assert pauses(timed) == []
    assert timed.wire.waiting(Lane.CPU) >= {first.id, third.id}


def test_an_answer_that_goes_on_does_not_end_a_pause_that_came_behind_it(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    [second] = waiting_jobs(timed, OWNER, 1, REMOTE)
    over(timed, clock)
    admitted(timed)
    answered = a_claim(timed, second)
    keep_part(timed, answered, 1, Part(PartKind.TOKEN, {"text": "It "}))
    find_it_away(timed, a_claim(timed, first))

    succeed(timed, answered)

    assert [pause.pipeline for pause in pauses(timed)] == ["test.remote"]


def test_a_run_that_began_before_the_pause_keeps_nobody_from_trying(timed: Store, clock: HandClock) -> None:
    a_claim(timed, a_job(timed, pipeline=REMOTE))
    first = paused_by(timed)
    over(timed, clock)

    tried = ids_of(admitted(timed))

    assert tried == [first.id]


@pytest.mark.parametrize("end", [fail, fail_in_passing])
def test_a_refusal_lets_the_others_go_on(timed: Store, clock: HandClock, end: Callable[[Store, Claim], None]) -> None:
    first = paused_by(timed)
    second, third = waiting_jobs(timed, OWNER, 2, REMOTE)
    over(timed, clock)
    admitted(timed)

    end(timed, a_claim(timed, second))

    assert pauses(timed) == []
    assert timed.wire.waiting(Lane.CPU) >= {first.id, third.id}


def a_late_end(store: Store, claimed: Claim) -> None:
    """End a run that has heard nothing until its time was up."""
    ending.end(store, ends.timed_out(claimed.row, store.clock()))


def cancel_it(store: Store, claimed: Claim) -> None:
    """Cancel a job while it runs."""
    cancel(store, OWNER, claimed.job.id)


@pytest.mark.parametrize("end", [cancel_it, hand_back, a_late_end])
def test_an_end_that_says_nothing_of_the_server_has_the_next_one_try(
    timed: Store, clock: HandClock, end: Callable[[Store, Claim], None]
) -> None:
    paused_by(timed)
    second, third = waiting_jobs(timed, OWNER, 2, REMOTE)
    over(timed, clock)
    admitted(timed)
    claimed = a_claim(timed, second)
    connect(timed.settings.redis).flushall()

    end(timed, claimed)

    assert timed.wire.waiting(Lane.CPU) == {third.id}


def test_a_server_that_stays_away_is_waited_for_twice_as_long_each_time(timed: Store, clock: HandClock) -> None:
    job = paused_by(timed)
    waits = [pause_s(timed)]
    for _ in range(8):
        over(timed, clock)
        find_it_away(timed, a_claim(timed, job))
        waits.append(pause_s(timed))

    bounds = [min(FIRST_PAUSE_S * 2**tries, LONGEST_PAUSE_S) for tries in range(9)]
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert bounds[-1] == LONGEST_PAUSE_S


@pytest.mark.parametrize(("asked_s", "waited_s"), [(17.0, 17.0), (0.0, FIRST_PAUSE_S), (86_400.0, LONGEST_PAUSE_S)])
def test_a_server_that_says_when_is_left_alone_for_as_long_within_bounds(
    timed: Store, asked_s: float, waited_s: float
) -> None:
    claimed = a_claim(timed, a_job(timed, pipeline=REMOTE))

    ending.end(timed, ends.server_away(claimed.row, timed.clock(), "server_away", WHY, asked_s))

    assert pause_s(timed) == pytest.approx(waited_s)


def test_a_success_has_the_next_absence_waited_for_briefly(timed: Store, clock: HandClock) -> None:
    job = paused_by(timed)
    for _ in range(4):
        over(timed, clock)
        find_it_away(timed, a_claim(timed, job))
    over(timed, clock)
    succeed(timed, a_claim(timed, job))

    paused_by(timed)

    assert pause_s(timed) <= FIRST_PAUSE_S


def test_runs_that_find_the_same_absence_count_once(timed: Store, clock: HandClock) -> None:
    claimed = [a_claim(timed, a_job(timed, pipeline=REMOTE)) for _ in range(4)]

    find_it_away(timed, claimed[0])
    [first] = pauses(timed)
    for one in claimed[1:]:
        clock.forward(0.1)
        find_it_away(timed, one)

    assert pauses(timed) == [first]


def test_no_attempt_is_counted_against_a_job_whose_server_is_away(timed: Store, clock: HandClock) -> None:
    job = paused_by(timed)
    for _ in range(timed.settings.max_attempts + 2):
        over(timed, clock)
        find_it_away(timed, a_claim(timed, job))

    told = get_job(timed, OWNER, job.id)
    assert told.state is JobState.QUEUED
    assert told.not_before is None
    assert {tuple((one.error or {}).values()) for one in list_attempts(timed, OWNER, job.id)} == {("server_away", WHY)}


def test_a_job_that_lacks_a_download_pauses_nothing(timed: Store) -> None:
    claimed = a_claim(timed, a_job(timed, pipeline=REMOTE))

    lack_its_download(timed, claimed)
    other = a_job(timed, pipeline=REMOTE)

    assert pauses(timed) == []
    assert a_claim(timed, other).row.attempt == 1


def test_a_job_that_lacks_a_download_is_tried_again_without_end_and_later_each_time(
    timed: Store, clock: HandClock
) -> None:
    job, waits = a_job(timed, pipeline=REMOTE), []
    for _ in range(8):
        lack_its_download(timed, a_claim(timed, job))
        waits.append((get_job(timed, OWNER, job.id).not_before or 0.0) - clock())
        clock.forward(waits[-1])
        wake(timed)

    bounds = [min(FIRST_PAUSE_S * 2**tries, LONGEST_PAUSE_S) for tries in range(8)]
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert get_job(timed, OWNER, job.id).state is JobState.QUEUED


def test_a_download_server_that_says_when_is_left_alone_for_as_long(timed: Store, clock: HandClock) -> None:
    job = a_job(timed, pipeline=REMOTE)

    lack_its_download(timed, a_claim(timed, job), 17.0)

    assert get_job(timed, OWNER, job.id).not_before == pytest.approx(clock() + 17.0)


def test_a_pause_with_which_nobody_waits_is_not_told(timed: Store) -> None:
    job = paused_by(timed)

    cancel(timed, OWNER, job.id)

    assert pauses(timed) == []


def test_a_pause_that_ended_while_nobody_waited_is_forgotten(timed: Store, clock: HandClock) -> None:
    cancel(timed, OWNER, paused_by(timed).id)
    clock.forward(FIRST_PAUSE_S)
    sweep(timed, clock())

    jobs = [a_job(timed, pipeline=REMOTE) for _ in range(2)]

    assert timed.wire.waiting(Lane.CPU) == set(ids_of(jobs))


def test_a_pause_that_ended_while_somebody_waits_leaves_one_to_try(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    waiting_jobs(timed, OWNER, 2, REMOTE)
    over(timed, clock)

    sweep(timed, clock())

    [rung] = timed.wire.waiting(Lane.CPU)
    assert rung != first.id


def test_the_load_of_a_lane_tells_what_is_paused_until_when_and_why(timed: Store, clock: HandClock) -> None:
    paused_by(timed)

    paused = {load.lane: load.paused for load in lane_loads(timed)}

    [pause] = paused[Lane.CPU]
    assert (pause.pipeline, pause.lane, pause.reason) == ("test.remote", Lane.CPU, WHY)
    assert clock() < pause.until <= clock() + FIRST_PAUSE_S
    assert paused[Lane.GPU] == paused[Lane.NET] == []
