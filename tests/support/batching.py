"""Batches in tests: lines as a manifest, the chore stepped by hand, and jobs done as if a worker were there."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from support.work import OWNER, a_claim, fail, succeed
from triptych.batches.batch import Batch
from triptych.batches.creating import NewBatch, create_batch
from triptych.batches.reading import get_batch
from triptych.batches.tending import Told, attend, attended
from triptych.blobs import Blob
from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState
from triptych.store import Store

KEYWORDS = {"pipeline": "text.keywords"}
Lines = Iterable[Mapping[str, Any] | str]  # Any: JSON


def texts(count: int, begin: int = 1) -> list[dict[str, Any]]:
    """Lines that can be done."""
    return [{"custom_id": f"line-{n}", "text": f"the quick brown fox number {n}"} for n in range(begin, begin + count)]


def manifest(store: Store, lines: Lines) -> Blob:
    """The lines, kept."""
    said = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    content = ("\n".join(said) + "\n").encode() if said else b""
    return store.blobs.keep(store.blobs.receive([content], len(content)))


def a_batch(store: Store, lines: Lines, **more: Any) -> str:  # Any: as NewBatch has it
    """A batch of keywords that was accepted just now."""
    new = {"owner": OWNER, "name": "", "asked": KEYWORDS, "manifest": manifest(store, lines), **more}
    return create_batch(store, NewBatch(**new))


def tend(store: Store, told: Told | None = None) -> None:
    """Let the chore look after the batches until there is no more to do at once."""
    told = told or Told()
    while any(attend(store, row, told) for row in attended(store)):
        pass


def standing(store: Store, batch_id: str) -> Batch:
    """The batch as it stands."""
    return get_batch(store, OWNER, batch_id)


def jobs_of(store: Store, batch_id: str, state: JobState | None = None) -> list[Job]:
    """The batch's jobs, in the order of its lines."""
    return list_jobs(store, OWNER, Filter(state=state, batch_id=batch_id), 10_000)[::-1]


def do_jobs(store: Store, batch_id: str, failing: Iterable[str] = ()) -> None:
    """Do every job of the batch that waits; those whose text has one of these words fail."""
    words = tuple(failing)
    for job in jobs_of(store, batch_id, JobState.QUEUED):
        claimed = a_claim(store, job)
        if words and any(word in job.inputs[0].name for word in words):
            fail(store, claimed)
        else:
            succeed(store, claimed)
