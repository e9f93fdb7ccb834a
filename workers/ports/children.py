"""Children: jobs that a run asks for, on its own inputs, and waits for without holding its slot (docs/adr/0015)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.catalogue import Pipeline
from pipelines.errors import PipelineError
from pipelines.house import AwaitsChildren, Product, Wanted
from triptych.ids import new_id
from triptych.jobs.children import ask_for
from triptych.jobs.leases import Claim
from triptych.jobs.submission import Submission
from triptych.store import Store
from workers.ports.product import product_of


def children_of(
    store: Store, claimed: Claim, pipelines: Mapping[str, Pipeline], wanted: Sequence[Wanted], workdir: Path
) -> list[Product]:
    """What the wanted jobs made, in order; see ``JobsPort.children``.

    Raises AwaitsChildren, LeaseLost, pydantic.ValidationError for parameters that a pipeline does not take, and
    PipelineError for one that this worker does not know.
    """
    ids = sorted(
        new_id() for _ in wanted
    )  # jobs are listed by their ids: children in the order in which they are wanted
    asked = [_asked(claimed, n, one, pipelines, ids[n]) for n, one in enumerate(wanted)]
    children = ask_for(store, claimed, asked)
    if not all(child.is_finished for child in children):
        raise AwaitsChildren
    products = [product_of(store, claimed.job.owner, child.id, workdir) for child in children]
    found = [product for product in products if product is not None]
    if len(found) < len(products):  # its owner has had one done again, or deleted it, this moment
        raise AwaitsChildren
    return found


def _asked(claimed: Claim, number: int, wanted: Wanted, pipelines: Mapping[str, Pipeline], job_id: str) -> Submission:
    pipeline = pipelines.get(wanted.pipeline)
    if pipeline is None:
        raise PipelineError(f"this worker does not know the pipeline {wanted.pipeline!r}", code="unknown_pipeline")
    job, row = claimed.job, claimed.row
    return Submission(
        job.owner,
        pipeline,
        pipeline.params.model_validate(wanted.params).model_dump(mode="json"),
        [job.inputs[place].id for place in wanted.sources],
        priority=job.priority,
        fresh=row.fresh,
        parent_id=job.id,
        child=number,
        # What is heard, read and seen for a job that itself is nothing to be remembered, as a reply, is remembered.
        remember=wanted.remember and (row.remember or not pipelines[job.pipeline].makes_memories),
        id=job_id,
    )
