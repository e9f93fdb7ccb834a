"""The other jobs of a job's owner, as its run may ask for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalogue import Pipeline
from pipelines.errors import BadInput
from pipelines.house import Product, Wanted
from triptych.jobs.leases import Claim
from triptych.store import Store
from workers.ports.children import children_of
from workers.ports.product import product_of


@dataclass(frozen=True, slots=True)
class JobsOfOwner:
    """See ``JobsPort``."""

    store: Store
    claimed: Claim
    pipelines: Mapping[str, Pipeline]
    workdir: Path

    def product(self, job_id: str) -> Product:
        """What a finished job made; see ``JobsPort``."""
        product = product_of(self.store, self.claimed.job.owner, job_id, self.workdir)
        if product is None:
            raise BadInput(f"the job {job_id} is gone, or is being done again", code="gone")
        return product

    def children(self, wanted: Sequence[Wanted]) -> list[Product]:
        """What the wanted jobs made; see ``JobsPort``."""
        return children_of(self.store, self.claimed, self.pipelines, wanted, self.workdir)
