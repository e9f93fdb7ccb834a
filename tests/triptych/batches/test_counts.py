"""The counts of a batch are those of its lines, whatever its owner and its chore do; a look costs no counting."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from random import Random

import pytest
from support.batching import a_batch, jobs_of, standing, tend, texts
from support.chance import chance
from support.statements import statements_of
from support.stores import HandClock, with_settings
from support.work import OWNER, a_claim, fail, succeed

from triptych.batches import owner as owners
from triptych.batches.batch import WrongState
from triptych.batches.reading import list_lines
from triptych.batches.states import LineState
from triptych.batches.tending import Told, attend, attended
from triptych.jobs import owner as jobs_owner
from triptych.jobs.states import JobState
from triptych.store import Store

pytestmark = pytest.mark.redis

LINES, STEPS = 12, 60
Deed = Callable[[Store, str, Random], object]


def by_lines(store: Store, batch_id: str) -> dict[str, int]:
    """The counts as the lines tell them."""
    lines = list_lines(store, OWNER, batch_id, None, 0, 2 * LINES)
    by_state = Counter(line.state.value for line in lines)
    return {"total": len(lines), **{state.value: by_state[state] for state in LineState}}


def by_each_state(store: Store, batch_id: str) -> dict[str, int]:
    """The counts of the lines as they are listed by their states."""
    listed = {one.value: len(list_lines(store, OWNER, batch_id, one, 0, 2 * LINES)) for one in LineState}
    return {"total": sum(listed.values()), **listed}


def go_on(store: Store, batch_id: str, choice: Random) -> None:
    for row in attended(store):
        attend(store, row, Told())


def end_one(store: Store, batch_id: str, choice: Random) -> None:
    if queued := jobs_of(store, batch_id, JobState.QUEUED):
        claimed = a_claim(store, choice.choice(queued))
        choice.choice([fail, succeed])(store, claimed)


def begin_one(store: Store, batch_id: str, choice: Random) -> None:
    if queued := jobs_of(store, batch_id, JobState.QUEUED):
        a_claim(store, choice.choice(queued))


def change_one(store: Store, batch_id: str, choice: Random) -> None:
    if found := jobs_of(store, batch_id):
        does = choice.choice([jobs_owner.cancel, jobs_owner.retry, jobs_owner.delete_job])
        does(store, OWNER, choice.choice(found).id)


def change_all(store: Store, batch_id: str, choice: Random) -> None:
    does = choice.choice([owners.pause, owners.resume, owners.retry, owners.retry, owners.start])
    does(store, OWNER, batch_id)


def cancel(store: Store, batch_id: str, choice: Random) -> None:
    if not choice.randrange(5):
        owners.cancel(store, OWNER, batch_id)


DEEDS: list[Deed] = [go_on, go_on, end_one, end_one, begin_one, change_one, change_all, cancel]
REFUSED = (WrongState, jobs_owner.JobFinished, jobs_owner.JobNotFinished)


@pytest.mark.parametrize("number", range(6))
def test_counts_are_those_of_the_lines_whatever_is_done(store: Store, number: int) -> None:
    narrow, choice, did = with_settings(store, quota_queued=12), chance(f"counts {number}"), list[str]()
    batch_id = a_batch(narrow, [*texts(LINES), {"text": ""}])
    tend(narrow)
    owners.start(narrow, OWNER, batch_id)

    for _ in range(STEPS):
        deed = choice.choice(DEEDS)
        try:
            deed(narrow, batch_id, choice)
        except REFUSED:
            continue
        did.append(deed.__name__)
        told = asdict(standing(narrow, batch_id).lines)
        assert told == by_lines(narrow, batch_id) == by_each_state(narrow, batch_id), did


def test_look_at_a_batch_that_goes_on_counts_only_what_waits(timed: Store, clock: HandClock) -> None:
    a_batch(timed, texts(3))
    told = Told()
    tend(timed, told)

    [row] = attended(timed)
    asked = [statement for statement, _ in statements_of(timed, lambda: attend(timed, row, told))]

    assert asked
    assert [statement for statement in asked if "GROUP BY" in statement] == []
