from dataclasses import replace

import pytest
from support.work import COUNTING, a_claim, a_job, succeed

from triptych.jobs.states import Priority
from triptych.store import Store

pytestmark = pytest.mark.redis


@pytest.fixture
def narrow(store: Store) -> Store:
    """A store whose lanes hold two jobs in Redis at a time."""
    return replace(store, settings=store.settings.model_copy(update={"window": 2}))


def test_the_window_in_redis_stays_bounded(narrow: Store) -> None:
    accepted = [a_job(narrow) for _ in range(5)]

    assert narrow.wire.waiting(COUNTING.lane) == {job.id for job in accepted[:2]}


def test_a_finished_job_makes_room_for_the_oldest_that_waits(narrow: Store) -> None:
    accepted = [a_job(narrow) for _ in range(4)]

    succeed(narrow, a_claim(narrow, accepted[0]))

    assert narrow.wire.waiting(COUNTING.lane) == {job.id for job in accepted[:3]}  # the claimed ring was not popped


def test_interactive_goes_before_batch(narrow: Store) -> None:
    first = [a_job(narrow) for _ in range(2)]
    a_job(narrow, priority=Priority.BATCH)
    urgent = a_job(narrow)

    succeed(narrow, a_claim(narrow, first[0]))

    assert narrow.wire.waiting(COUNTING.lane) == {first[0].id, first[1].id, urgent.id}


def test_one_owners_backlog_never_stands_before_anothers_first_job(narrow: Store) -> None:
    flood = [a_job(narrow, owner="ada") for _ in range(20)]
    single = a_job(narrow, owner="bob")

    succeed(narrow, a_claim(narrow, flood[0]))

    assert single.id in narrow.wire.waiting(COUNTING.lane)


def test_owners_with_equal_backlogs_take_turns(narrow: Store) -> None:
    wide = replace(narrow, settings=narrow.settings.model_copy(update={"window": 6}))
    blockers = [a_job(narrow, owner="zoe") for _ in range(2)]
    backlog = {owner: [a_job(narrow, owner=owner).id for _ in range(10)] for owner in ("ada", "bob")}

    succeed(wide, a_claim(wide, blockers[0]))

    rung = wide.wire.waiting(COUNTING.lane) - {job.id for job in blockers}
    assert {owner: len(rung & set(ids)) for owner, ids in backlog.items()} in (
        {"ada": 3, "bob": 2},
        {"ada": 2, "bob": 3},
    )


def test_a_claim_makes_room_too(narrow: Store) -> None:
    accepted = [a_job(narrow) for _ in range(3)]

    a_claim(narrow, accepted[0])

    assert accepted[2].id in narrow.wire.waiting(COUNTING.lane)
