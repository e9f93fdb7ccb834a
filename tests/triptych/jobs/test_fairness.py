"""Whose job goes next: quotas of what is in flight, and jobs that were begun before."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.accounts import acting, an_account
from support.stores import SHUT, HandClock, admitted, ids_of, waiting_jobs, with_settings
from support.work import COUNTING, a_claim, a_job, fail, fail_in_passing, hand_back, succeed

from pipelines.contract import Lane
from triptych.accounts.flights import REMEMBER_S
from triptych.accounts.users import change_user, list_users
from triptych.jobs.leases import Claim, Holder, claim_next_in
from triptych.jobs.owner import cancel, retry
from triptych.jobs.sweep import rescue_lapsed, wake
from triptych.store import Store
from triptych.wire import connect


def test_an_owner_with_as_much_in_flight_as_allowed_is_passed_over(timed: Store) -> None:
    ada, bob = (waiting_jobs(timed, owner, 4, COUNTING) for owner in ("ada", "bob"))

    rung = ids_of(admitted(with_settings(timed, quota_in_flight=2)))

    assert set(rung) == {*ids_of(ada[:2]), *ids_of(bob[:2])}


def test_an_owner_who_is_alone_is_held_to_the_quota_too(timed: Store) -> None:
    waiting = waiting_jobs(timed, "ada", 4, COUNTING)

    rung = ids_of(admitted(with_settings(timed, quota_in_flight=3)))

    assert rung == ids_of(waiting[:3])


def test_running_jobs_count_towards_the_quota(timed: Store) -> None:
    bounded = with_settings(timed, quota_in_flight=2)
    waiting = waiting_jobs(timed, "ada", 4, COUNTING)
    admitted(bounded)
    for job in waiting[:2]:
        a_claim(bounded, job)
    bob = waiting_jobs(timed, "bob", 1, COUNTING)

    rung = ids_of(admitted(bounded))

    assert rung == ids_of(bob)


def test_the_quota_holds_in_each_lane_by_itself(timed: Store) -> None:
    bounded = with_settings(timed, quota_in_flight=2)
    ours = {lane: waiting_jobs(timed, "ada", 3, replace(COUNTING, lane=lane)) for lane in (Lane.CPU, Lane.NET)}

    rung = {lane: ids_of(admitted(bounded, lane)) for lane in ours}

    assert rung == {lane: ids_of(jobs[:2]) for lane, jobs in ours.items()}


def test_the_quota_holds_while_the_window_has_room(timed: Store) -> None:
    bounded = with_settings(timed, quota_in_flight=2)

    accepted = [a_job(bounded) for _ in range(3)]

    assert timed.wire.waiting(COUNTING.lane) == set(ids_of(accepted[:2]))


def an_account_bounded_to(store: Store, name: str, most: int | None) -> str:
    """The id of somebody who may have so much in flight; None: as the settings say."""
    user = an_account(store, name)
    change_user(store, acting(user), user.id, {"quota_in_flight": most})
    return user.id


@pytest.mark.parametrize(("each", "own", "rung"), [(0, 1, [1, 4]), (1, 3, [3, 1]), (2, 0, [4, 2]), (2, None, [2, 2])])
def test_an_accounts_own_bound_goes_before_that_of_each(
    timed: Store, each: int, own: int | None, rung: list[int]
) -> None:
    owners = an_account_bounded_to(timed, "ada", own), an_account_bounded_to(timed, "bob", None)
    waiting = [ids_of(waiting_jobs(timed, owner, 4, COUNTING)) for owner in owners]

    admitted_ids = set(ids_of(admitted(with_settings(timed, quota_in_flight=each))))

    assert [len(admitted_ids.intersection(its)) for its in waiting] == rung


def test_an_accounts_own_bound_holds_while_the_window_has_room_and_in_what_a_worker_takes_next(timed: Store) -> None:
    ada = an_account_bounded_to(timed, "ada", 1)
    first, second = (a_job(timed, ada) for _ in range(2))
    a_claim(timed, first)

    with timed.database.write() as connection:
        taken = claim_next_in(connection, timed, COUNTING.lane, Holder("worker-1"), timed.clock())

    assert taken == []
    assert second.id not in timed.wire.waiting(COUNTING.lane)


def test_a_run_that_ends_makes_room_within_its_owners_own_bound(timed: Store) -> None:
    ada = an_account_bounded_to(timed, "ada", 1)
    first, second = (a_job(timed, ada) for _ in range(2))

    succeed(timed, a_claim(timed, first))

    assert second.id in timed.wire.waiting(COUNTING.lane)


def test_a_bound_that_is_changed_holds_within_moments(timed: Store, clock: HandClock) -> None:
    ada = an_account_bounded_to(timed, "ada", 1)
    waiting_jobs(timed, ada, 3, COUNTING)
    before = ids_of(admitted(timed))

    user = next(one for one in list_users(timed, None, 10) if one.id == ada)
    change_user(timed, acting(user), ada, {"quota_in_flight": 2})
    clock.forward(REMEMBER_S)

    assert (len(before), len(ids_of(admitted(timed)))) == (1, 1)


def give_it_up(store: Store, claimed: Claim) -> None:
    cancel(store, "ada", claimed.job.id)


@pytest.mark.parametrize("leave", [pytest.param(succeed), pytest.param(fail), hand_back, give_it_up])
def test_a_run_that_ends_makes_room_within_its_owners_quota(
    timed: Store, leave: Callable[[Store, Claim], None]
) -> None:
    bounded = with_settings(timed, quota_in_flight=1)
    first, _ = waiting_jobs(timed, "ada", 2, COUNTING)
    admitted(bounded)
    claimed = a_claim(bounded, first)
    connect(timed.settings.redis).flushall()

    leave(bounded, claimed)

    assert len(timed.wire.waiting(COUNTING.lane)) == 1


def hand_it_back(store: Store, clock: HandClock, claimed: Claim) -> None:
    hand_back(store, claimed)


def let_it_lapse(store: Store, clock: HandClock, claimed: Claim) -> None:
    clock.forward(store.settings.lease_s + 1)
    rescue_lapsed(store)


def try_it_later(store: Store, clock: HandClock, claimed: Claim) -> None:
    fail_in_passing(store, claimed)
    clock.forward(store.settings.retry_s)
    wake(store)


@pytest.mark.parametrize("give_up", [hand_it_back, let_it_lapse, try_it_later])
def test_a_job_that_was_begun_is_its_owners_first_to_run_again(
    timed: Store, clock: HandClock, give_up: Callable[[Store, HandClock, Claim], None]
) -> None:
    claimed = a_claim(timed, a_job(timed))
    waiting_jobs(timed, "ada", 3, COUNTING)

    give_up(with_settings(timed, window=SHUT), clock, claimed)

    assert ids_of(admitted(timed))[0] == claimed.job.id


def test_a_job_that_is_retried_by_hand_goes_behind_its_owners_others(timed: Store) -> None:
    claimed = a_claim(timed, a_job(timed))
    fail(timed, claimed)
    waiting = waiting_jobs(timed, "ada", 3, COUNTING)

    retry(with_settings(timed, window=SHUT), "ada", claimed.job.id)

    assert ids_of(admitted(timed)) == [*ids_of(waiting), claimed.job.id]


def test_a_new_job_goes_behind_those_that_wait(timed: Store) -> None:
    first, second, third = (waiting_jobs(timed, "ada", 2, COUNTING) for _ in range(3))

    assert ids_of(admitted(timed)) == ids_of([*first, *second, *third])
