"""When a result may serve again: the key of work, and whether what came out is what the key promises."""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.catalogue import Pipeline
from pipelines.contract import Network, Result
from pipelines.engines.selection import Surroundings
from triptych.jobs.job import Job


def made_by(pipeline: Pipeline, job: Job, models_dir: Path, network: Network) -> str | None:
    """What would do the job here now; None when its results are not reused."""
    if pipeline.made_by is None:
        return None
    params = pipeline.params.model_validate(job.params)
    return pipeline.made_by(params, Surroundings(models_dir, network))


def work_key(job: Job, maker: str) -> str:
    """A hash of what is done, on what, with which parameters, and by what: what is the same has one result."""
    work = {
        "version": _version(),
        "pipeline": job.pipeline,
        "params": job.params,
        "inputs": [(file.sha256, file.media_type) for file in job.inputs],
        "maker": maker,
    }
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()


def is_made_by(result: Result, maker: str) -> bool:
    """Whether an engine that was expected made all of it, and no other had to stand in."""
    return result.is_whole and result.engine.name in maker.split()


@cache
def _version() -> str:
    return version("triptych")
