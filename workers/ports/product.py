"""What a finished job made, whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import Part, PartKind
from pipelines.house import Product
from triptych.blobs import Blobs
from triptych.jobs.job import StoredPart
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job, list_parts
from triptych.store import Store

PAGE = 1000  # parts


@dataclass(frozen=True, slots=True)
class LentOutputs(Mapping[str, Path]):
    """Outputs by their names: those that are looked at are brought into ``workdir``, if they lie elsewhere."""

    blobs: Blobs
    hashes: Mapping[str, str]
    workdir: Path

    def __getitem__(self, name: str) -> Path:
        """Where the output's bytes lie. Raises FileNotFoundError and blobs.BlobsAway besides KeyError."""
        return self.blobs.lend(self.hashes[name], self.workdir)

    def __iter__(self) -> Iterator[str]:
        return iter(self.hashes)

    def __len__(self) -> int:
        return len(self.hashes)


def product_of(store: Store, owner: str, job_id: str, workdir: Path) -> Product | None:
    """What the owner's job made, to be read in ``workdir``; None where it is gone or does not rest."""
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
        LentOutputs(store.blobs, {output.name: output.sha256 for output in job.outputs}, workdir),
    )


def _parts(store: Store, owner: str, job_id: str) -> list[StoredPart]:
    found: list[StoredPart] = []
    while page := list_parts(store, owner, job_id, found[-1].seq if found else 0, PAGE):
        found += page
    return found
