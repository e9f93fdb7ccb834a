"""The last attempt of a job under which processes died is rung for as one that is to be made alone."""

import base64
import json
from collections.abc import Callable

from support.stores import SHUT, admitted, with_settings
from support.work import COUNTING, a_claim, a_job

from triptych.jobs import ending, ends
from triptych.jobs.ends import End
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim
from triptych.jobs.sweep import ring_again, wake
from triptych.rings import celery_message
from triptych.store import Store
from triptych.wire import connect

CAP = 3


def _died(store: Store, claimed: Claim) -> End:
    return ends.died(store, claimed.row, store.clock(), "its process died")


def _broke(store: Store, claimed: Claim) -> End:
    return ends.to_be_retried(store, claimed.row, store.clock() - 1000, "transient_failure", "a hiccup")


def _after(store: Store, *how: Callable[[Store, Claim], End]) -> Job:
    """A job whose attempts ended so, and that waits again."""
    shut = with_settings(store, window=SHUT, max_attempts=CAP)
    job = a_job(shut)
    for end in how:
        ending.end_all(shut, [end(shut, a_claim(shut, job))])
        wake(shut)
    return job


def _alone(store: Store) -> dict[str, bool]:
    """Which jobs are rung for, and whether alone."""
    rings = admitted(with_settings(store, window=8, max_attempts=CAP))
    return {job_id: ring.alone for ring in rings for job_id in ring.job_ids}


def test_a_job_is_alone_when_one_more_death_would_be_the_last(store: Store) -> None:
    fresh, once, twice = _after(store), _after(store, _died), _after(store, _died, _died)

    assert _alone(store) == {fresh.id: False, once.id: False, twice.id: True}


def test_a_job_that_failed_otherwise_need_not_be_alone(store: Store) -> None:
    broke, died_too = _after(store, _broke, _broke), _after(store, _died, _broke)

    assert _alone(store) == {broke.id: False, died_too.id: True}


def test_a_ring_that_was_lost_is_rung_again_as_it_was(store: Store) -> None:
    fresh, twice = _after(store), _after(store, _died, _died)
    _alone(store)
    connect(store.settings.redis).flushall()

    rings = ring_again(with_settings(store, max_attempts=CAP), COUNTING.lane, before=store.clock() + 1)

    assert {ring.job_ids[0]: ring.alone for ring in rings} == {fresh.id: False, twice.id: True}
    [message] = [json.loads(celery_message(ring)) for ring in rings if ring.alone]
    assert json.loads(base64.b64decode(message["body"]))[:2] == [[twice.id], {"alone": True}]
