"""The counts of a batch are those of its lines, whatever its owner and its chore do; a look costs no counting."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict

import pytest
from support.batch_deeds import DEEDS, REFUSED
from support.batching import a_batch, standing, tend, texts
from support.chance import chance
from support.statements import statements_of
from support.stores import HandClock, with_settings
from support.work import OWNER

from triptych.batches import owner as owners
from triptych.batches.reading import list_lines
from triptych.batches.states import LineState
from triptych.batches.tending import Told, attend, attended
from triptych.store import Store

pytestmark = pytest.mark.redis

LINES, STEPS, STEPS_AT_ONCE, THREADS = 12, 60, 120, 8


def by_lines(store: Store, batch_id: str) -> dict[str, int]:
    """The counts as the lines tell them."""
    lines = list_lines(store, OWNER, batch_id, None, 0, 2 * LINES)
    by_state = Counter(line.state.value for line in lines)
    return {"total": len(lines), **{state.value: by_state[state] for state in LineState}}


def by_each_state(store: Store, batch_id: str) -> dict[str, int]:
    """The counts of the lines as they are listed by their states."""
    listed = {one.value: len(list_lines(store, OWNER, batch_id, one, 0, 2 * LINES)) for one in LineState}
    return {"total": sum(listed.values()), **listed}


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


@pytest.mark.postgres
def test_many_at_once_neither_wait_for_one_another_in_a_ring_nor_miscount(impatient: Store) -> None:
    batch_ids = [a_batch(impatient, texts(3)) for _ in range(2)]  # so that all want the same rows
    tend(impatient)

    def act(number: int) -> None:
        choice = chance(f"at once {number}")
        for _ in range(STEPS_AT_ONCE):
            with suppress(*REFUSED):
                choice.choice(DEEDS[:-1])(impatient, choice.choice(batch_ids), choice)

    with ThreadPoolExecutor(THREADS) as threads:
        acts = [threads.submit(act, number) for number in range(THREADS)]
    for one in acts:
        one.result()

    told = [asdict(standing(impatient, batch_id).lines) for batch_id in batch_ids]
    assert told == [by_lines(impatient, batch_id) for batch_id in batch_ids]


def test_look_at_a_batch_that_goes_on_counts_only_what_waits(timed: Store, clock: HandClock) -> None:
    a_batch(timed, texts(3))
    told = Told()
    tend(timed, told)

    [row] = attended(timed)
    asked = [statement for statement, _ in statements_of(timed, lambda: attend(timed, row, told))]

    assert asked
    assert [statement for statement in asked if "GROUP BY" in statement] == []
