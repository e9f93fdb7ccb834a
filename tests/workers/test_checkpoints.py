"""A run whose worker dies leaves a checkpoint, and the next one goes on from there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.executing import run_all
from support.work import DONE, OWNER, a_job

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, NoParams, Part, PartKind, Run, Source
from pipelines.errors import BadInput, TransientFailure
from triptych.jobs.owner import retry
from triptych.jobs.reading import get_job, list_parts
from triptych.jobs.states import JobState
from triptych.jobs.sweep import wake
from triptych.store import Store

pytestmark = pytest.mark.redis

HOUR_S = 3600.0


class Counting:
    """Counts to five, saves after each number, and stumbles once in front of ``stumbles_at``."""

    def __init__(self, error: Exception, stumbles_at: int = 4) -> None:
        self.said: list[int] = []
        self._error: Exception | None = error
        self._stumbles_at = stumbles_at
        self.pipeline = Pipeline("test.counting", "Count", Lane.CPU, ("*",), NoParams, self._count)

    def _count(self, sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        saved = context.checkpoint.load()
        if saved is not None:
            yield from saved.parts
        for number in range(saved.state["last"] + 1 if saved else 1, 6):
            if number == self._stumbles_at and self._error is not None:
                error, self._error = self._error, None
                raise error
            self.said.append(number)
            yield Part(PartKind.TOKEN, {"text": str(number)})
            context.checkpoint.save({"last": number})
        return DONE


def texts(store: Store, job_id: str) -> list[str]:
    return [part.body["text"] for part in list_parts(store, OWNER, job_id, after=0, limit=10)]


def test_a_run_after_a_failure_that_passed_goes_on_where_it_was(store: Store) -> None:
    counting = Counting(TransientFailure("the network went away"))
    job = a_job(store, pipeline=counting.pipeline)

    run_all(store, [job], counting.pipeline)
    wake(replace(store, clock=lambda: store.clock() + HOUR_S))
    run_all(store, [job], counting.pipeline)

    assert counting.said == [1, 2, 3, 4, 5]
    assert texts(store, job.id) == ["1", "2", "3", "4", "5"]
    assert get_job(store, OWNER, job.id).state is JobState.SUCCEEDED


def test_a_retry_by_hand_of_what_failed_goes_on_where_it_was(store: Store) -> None:
    counting = Counting(BadInput("no"))
    job = a_job(store, pipeline=counting.pipeline)

    run_all(store, [job], counting.pipeline)
    so_far = texts(store, job.id)
    retry(store, OWNER, job.id)
    run_all(store, [job], counting.pipeline)

    assert so_far == ["1", "2", "3"]
    assert counting.said == [1, 2, 3, 4, 5]
    assert texts(store, job.id) == ["1", "2", "3", "4", "5"]


def test_a_retry_of_what_succeeded_begins_anew(store: Store) -> None:
    counting = Counting(BadInput("never raised"), stumbles_at=9)
    job = a_job(store, pipeline=counting.pipeline)

    run_all(store, [job], counting.pipeline)
    retry(store, OWNER, job.id)
    run_all(store, [job], counting.pipeline)

    assert counting.said == [1, 2, 3, 4, 5] * 2


def test_another_jobs_checkpoint_is_not_ones_own(store: Store) -> None:
    counting = Counting(BadInput("no"))
    first, second = (a_job(store, pipeline=counting.pipeline) for _ in range(2))

    run_all(store, [first], counting.pipeline)
    run_all(store, [second], counting.pipeline)

    assert counting.said == [1, 2, 3, 1, 2, 3, 4, 5]
