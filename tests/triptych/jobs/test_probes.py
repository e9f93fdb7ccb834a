"""When a pause is over one job tries if the server is back, each time another; what it hears decides for the rest."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text, update
from support.pausing import REMOTE, find_it_away, over, pause_s, paused_by, pauses, probe
from support.stores import HandClock, admitted, ids_of, waiting_jobs, with_settings
from support.work import OWNER, a_claim, a_job, fail, fail_in_passing, hand_back, succeed

from pipelines.contract import Lane, Part, PartKind
from triptych.jobs import ending, ends
from triptych.jobs.admission import admit
from triptych.jobs.leases import Claim
from triptych.jobs.making import keep_part
from triptych.jobs.owner import cancel
from triptych.jobs.pauses import FIRST_PAUSE_S
from triptych.jobs.reading import get_job
from triptych.jobs.states import Priority
from triptych.jobs.sweep import sweep, wake
from triptych.jobs.tables import jobs
from triptych.store import Store
from triptych.wire import connect


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


@pytest.mark.postgres
def test_of_jobs_that_were_accepted_together_the_first_tries_wherever_its_row_lies(
    impatient: Store, clock: HandClock
) -> None:
    paused_by(impatient)
    second, *_ = waiting_jobs(impatient, OWNER, 3, REMOTE)
    over(impatient, clock)
    with impatient.database.write() as connection:
        moved = update(jobs).where(jobs.c.id == second.id).values(lane=jobs.c.lane)  # behind the others
        connection.execute(moved)
        for scan in ("indexscan", "bitmapscan"):
            connection.execute(text(f"SET LOCAL enable_{scan} = off"))
        tried = admit(connection, impatient, Lane.CPU, impatient.clock())

    assert ids_of(tried) == [second.id]


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


def test_a_pause_that_ended_while_somebody_waits_leaves_one_to_try(timed: Store, clock: HandClock) -> None:
    first = paused_by(timed)
    waiting_jobs(timed, OWNER, 2, REMOTE)
    over(timed, clock)

    sweep(timed, clock())

    [rung] = timed.wire.waiting(Lane.CPU)
    assert rung != first.id
