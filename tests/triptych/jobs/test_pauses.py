"""A pipeline whose server is away waits as a whole; the rest of its lane goes on, and nobody's job fails for it."""

import pytest
from support.pausing import REMOTE, WHY, find_it_away, lack_its_download, over, pause_s, paused_by, pauses
from support.stores import HandClock, admitted, ids_of, with_settings
from support.work import OWNER, a_claim, a_job, story, succeed

from pipelines.contract import Lane
from triptych.jobs import ending, ends
from triptych.jobs.counts import lane_loads
from triptych.jobs.leases import Holder, claim
from triptych.jobs.owner import cancel
from triptych.jobs.pauses import FIRST_PAUSE_S, LONGEST_PAUSE_S
from triptych.jobs.reading import get_job, list_attempts, why_waiting
from triptych.jobs.states import JobState
from triptych.jobs.sweep import sweep, wake
from triptych.store import Store
from triptych.wire import connect


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


def test_the_load_of_a_lane_tells_what_is_paused_until_when_and_why(timed: Store, clock: HandClock) -> None:
    paused_by(timed)

    paused = {load.lane: load.paused for load in lane_loads(timed)}

    [pause] = paused[Lane.CPU]
    assert (pause.pipeline, pause.lane, pause.reason) == ("test.remote", Lane.CPU, WHY)
    assert clock() < pause.until <= clock() + FIRST_PAUSE_S
    assert paused[Lane.GPU] == paused[Lane.NET] == []


def test_why_a_job_would_wait_is_told_before_it_does(timed: Store, clock: HandClock) -> None:
    before = why_waiting(timed, REMOTE.name)
    first = paused_by(timed)

    told = [why_waiting(timed, REMOTE.name), why_waiting(timed, "test.count")]
    clock.forward(LONGEST_PAUSE_S)

    assert (before, told) == ("", [WHY, ""])
    assert why_waiting(timed, REMOTE.name) == ""
    assert why_waiting(timed, REMOTE.name, get_job(timed, OWNER, first.id).note) == WHY
