"""What processes die of is told after some deaths; that several do it at once is no death."""

import pytest
from support.stores import HandClock

from triptych.store import Store
from workers.trials import MOST_DEATHS, TAKEN_S, Trials

pytestmark = pytest.mark.redis


class Killed(BaseException):
    """Ends a process in the middle of its work."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def begun(trials: Trials) -> dict[str, str]:
    """What comes of a question."""
    return trials.made_of(["why"], str, lambda some: dict.fromkeys(some, "answered"), lambda one: {one: "deadly"})


def died(trials: Trials) -> None:
    """The process, killed by the question."""

    def work(_some: object) -> dict[str, str]:
        raise Killed

    with pytest.raises(Killed):
        trials.made_of(["why"], str, work, lambda one: {one: "deadly"})


def test_question_that_many_begin_at_once_is_answered_to_each(sqlite_store: Store, clock: HandClock) -> None:
    redis = sqlite_store.wire.redis
    told = []

    def beginning(left: int) -> dict[str, str]:
        """A process that is at it while the others are."""
        process = Trials(redis, clock, machine=f"replica-{left}")
        return process.made_of(["why"], str, lambda some: answered(some, left), lambda one: {one: "deadly"})

    def answered(some: object, left: int) -> dict[str, str]:
        if left:
            told.append(beginning(left - 1))
        return {"why": "answered"}

    told.append(beginning(2 * MOST_DEATHS))

    assert told == [{"why": "answered"}] * (2 * MOST_DEATHS + 1)


def test_question_that_processes_of_other_machines_died_of_is_told_later(sqlite_store: Store, clock: HandClock) -> None:
    redis = sqlite_store.wire.redis
    for number in range(MOST_DEATHS):
        died(Trials(redis, clock, machine=f"replica-{number}"))
    trials = Trials(redis, clock)
    at_once = begun(trials)

    clock.forward(TAKEN_S + 1)
    later = begun(trials)

    assert (at_once, later) == ({"why": "answered"}, {"why": "deadly"})


def test_question_that_was_answered_once_is_no_longer_suspect(sqlite_store: Store, clock: HandClock) -> None:
    redis = sqlite_store.wire.redis
    for _ in range(MOST_DEATHS - 1):
        died(Trials(redis, clock))
    begun(Trials(redis, clock))

    died(Trials(redis, clock))

    assert begun(Trials(redis, clock)) == {"why": "answered"}
