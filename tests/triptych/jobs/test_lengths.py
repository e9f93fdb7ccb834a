"""How many jobs wait in whose queue: told of all owners at once as it is told of each."""

from dataclasses import replace

import pytest
from support.stores import SHUT, waiting_jobs, with_settings
from support.work import COUNTING, a_claim, a_job, hand_back

from triptych.jobs.lengths import COUNTED, COUNTED_OF_ALL, waiting_of, waiting_of_each
from triptych.jobs.owner import cancel
from triptych.jobs.queues import owners_waiting
from triptych.jobs.states import Priority
from triptych.store import Store

OTHER = replace(COUNTING, name="test.other")
ALONE = 120
OWNERS = COUNTED_OF_ALL // 100 + 1  # so many that fewer than a hundred of each are counted


def of_all(store: Store, priority: Priority = Priority.INTERACTIVE, **most: int) -> dict[str, dict[str, float]]:
    with store.database.read() as connection:
        return waiting_of_each(connection, "cpu", priority, owners_waiting(connection, "cpu", priority), **most)


def test_each_owner_has_what_it_has_alone(timed: Store) -> None:
    for number, owner in enumerate(["ada", "bob", "zoe"], 1):
        waiting_jobs(timed, owner, number, COUNTING)
        waiting_jobs(timed, owner, 2, OTHER)
        waiting_jobs(timed, owner, 4, COUNTING, Priority.BATCH)

    told = of_all(timed)

    assert told == {
        owner: {COUNTING.name: number, OTHER.name: 2} for number, owner in enumerate(["ada", "bob", "zoe"], 1)
    }
    with timed.database.read() as connection:
        assert told == {owner: waiting_of(connection, "cpu", Priority.INTERACTIVE.rank, owner) for owner in told}
    assert of_all(timed, Priority.BATCH) == {owner: {COUNTING.name: 4} for owner in told}


def test_only_those_are_told_who_are_asked_for(timed: Store) -> None:
    for owner in ("ada", "bob"):
        waiting_jobs(timed, owner, 2, COUNTING)

    with timed.database.read() as connection:
        told = waiting_of_each(connection, "cpu", Priority.INTERACTIVE, ["bob", "zoe"])

    assert told == {"bob": {COUNTING.name: 2}}


def test_nobody_has_any_while_nobody_waits(timed: Store) -> None:
    a_job(timed)

    assert of_all(timed) == {}


def test_jobs_that_were_handed_back_count_although_their_turn_is_the_same(timed: Store) -> None:
    shut = with_settings(timed, window=SHUT)
    for claimed in [a_claim(timed, job) for job in waiting_jobs(timed, "ada", 3, COUNTING)]:
        hand_back(shut, claimed)

    assert of_all(timed) == {"ada": {COUNTING.name: 3}}
    assert of_all(timed, most=1)["ada"][COUNTING.name] >= 1


def test_cancelled_jobs_do_not_count(timed: Store) -> None:
    jobs = waiting_jobs(timed, "ada", 5, COUNTING)
    cancel(with_settings(timed, window=SHUT), "ada", jobs[1].id)

    assert of_all(timed) == {"ada": {COUNTING.name: 4}}


@pytest.mark.parametrize("most", [1, 3, 4])
def test_the_first_stand_for_the_rest_where_no_more_are_of_interest(timed: Store, most: int) -> None:
    waiting_jobs(timed, "ada", 3, COUNTING)
    waiting_jobs(timed, "ada", 3, OTHER)

    told = of_all(timed, most=most)

    mixes = {1: {COUNTING.name: 6}, 3: {COUNTING.name: 6}, 4: {COUNTING.name: 4.5, OTHER.name: 1.5}}
    assert told == {"ada": mixes[most]}


def test_turns_tell_how_many_there_are_where_very_many_owners_wait(timed: Store) -> None:
    waiting_jobs(timed, "ada", ALONE, COUNTING)
    for number in range(OWNERS - 1):
        waiting_jobs(timed, f"owner-{number}", 1, COUNTING)

    told = of_all(timed)

    assert len(told) == OWNERS
    assert told["ada"] == {COUNTING.name: ALONE}


@pytest.mark.parametrize("again", [1, 5])
def test_jobs_that_run_again_do_not_stand_for_the_turns_of_those_that_are_through(timed: Store, again: int) -> None:
    shut = with_settings(timed, window=SHUT)
    waiting = waiting_jobs(timed, "ada", 40, COUNTING)
    for claimed in [a_claim(shut, job) for job in waiting[: 20 + again]][:again]:
        hand_back(shut, claimed)

    assert of_all(timed, most=5) == {"ada": {COUNTING.name: 20}}


def test_the_length_of_a_long_queue_is_told_as_nearly_with_jobs_that_run_again(timed: Store) -> None:
    shut = with_settings(timed, window=SHUT)
    waiting = waiting_jobs(timed, "ada", COUNTED + 50, COUNTING)
    for claimed in [a_claim(shut, job) for job in waiting[:40]][:2]:
        hand_back(shut, claimed)

    with timed.database.read() as connection:
        told = waiting_of(connection, "cpu", Priority.INTERACTIVE.rank, "ada")

    assert told == {COUNTING.name: COUNTED + 50 - 40 + 2}
