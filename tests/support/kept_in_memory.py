"""A memory, and the jobs that it remembers, which live in this process: what a run keeps, without a database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract import Part, PartKind
from pipelines.errors import BadInput
from pipelines.house import Memory, Product, Space
from pipelines.houseless import NoJobs, NoMemory


@dataclass
class KeptInMemory(NoMemory):
    """Holds what was kept of each job, and which of them were settled; ``doubts`` are told of all that is kept."""

    wanted: Sequence[Space] = ()
    kept: dict[str, list[Memory]] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    doubts: Sequence[str] = ()

    def spaces(self) -> Sequence[Space]:
        return self.wanted

    def keep(self, job_id: str, memories: Iterable[Memory]) -> Sequence[str]:
        self.kept.setdefault(job_id, []).extend(memories)
        return self.doubts

    def settle(self, job_id: str) -> None:
        self.settled.append(job_id)


@dataclass
class Finished(NoJobs):
    """The jobs of somebody, by their ids."""

    products: Mapping[str, Product]

    def product(self, job_id: str) -> Product:
        if job_id not in self.products:
            raise BadInput(f"the job {job_id} is gone", code="gone")
        return self.products[job_id]


def a_product(
    pipeline: str,
    parts: Iterable[tuple[PartKind, Mapping[str, Any]]] = (),
    result: Mapping[str, Any] | None = None,
    **more: Any,
) -> Product:
    """A job that succeeded and made these parts and this result."""
    told = [Part(kind, body) for kind, body in parts]
    return Product("the-job", pipeline, "succeeded", {}, told, result or {}, **more)
