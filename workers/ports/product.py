"""What a finished job made, whole."""

from pipelines.contract import Part, PartKind
from pipelines.house import Product
from triptych.jobs.job import StoredPart
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job, list_parts
from triptych.store import Store

PAGE = 1000  # parts


def product_of(store: Store, owner: str, job_id: str) -> Product | None:
    """What the owner's job made; None where it is gone or does not rest."""
    try:
        job = get_job(store, owner, job_id)
        parts = _parts(store, owner, job_id)
    except UnknownJob:
        return None
    if not job.is_finished:
        return None
    return Product(
        job.id,
        job.pipeline,
        job.state,
        job.params,
        [Part(PartKind(part.kind), part.body) for part in parts],
        job.result or {},
        job.warnings,
        job.error,
        job.engine or {},
        {output.name: store.blobs.path(output.sha256) for output in job.outputs},
    )


def _parts(store: Store, owner: str, job_id: str) -> list[StoredPart]:
    found: list[StoredPart] = []
    while page := list_parts(store, owner, job_id, found[-1].seq if found else 0, PAGE):
        found += page
    return found
