"""One run of one job, as a straight line of named steps; every way it can end is mapped here and nowhere else."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

import structlog
from pydantic import ValidationError

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, ModelCache, Network, Output, Part, Result, Source
from pipelines.errors import Cancelled, PipelineError
from triptych.blobs import NoDisk
from triptych.jobs import leases
from triptych.jobs.leases import Claim, LeaseLost
from triptych.store import Store
from workers.json_values import plain_json
from workers.lease_keeper import LeaseKeeper
from workers.progress import ThrottledProgress

log = structlog.get_logger()


class Outcome(StrEnum):
    """How a ring at the door ended."""

    NOTHING_TO_DO = "nothing to do"  # claimed by somebody else, cancelled, or rung twice
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DROPPED = "dropped"  # cancelled or rescued while it ran: what it made is not kept


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs jobs in this process: ``worker`` is the name that the job's history shows."""

    store: Store
    models: ModelCache
    network: Network
    pipelines: Mapping[str, Pipeline]
    worker: str

    def execute(self, job_id: str) -> Outcome:
        """Claim the job, run it, keep what it makes and finish it. Raises only when the database is away."""
        claimed = leases.claim(self.store, job_id, self.worker)
        if claimed is None:
            return Outcome.NOTHING_TO_DO
        with (
            structlog.contextvars.bound_contextvars(job_id=job_id, attempt=claimed.row.attempt),
            _private_directory(self.store.settings.work, job_id) as workdir,
            LeaseKeeper(self.store, claimed) as keeper,
        ):
            log.info("started", pipeline=claimed.job.pipeline)
            outcome = self._run_to_the_end(claimed, keeper, workdir)
            log.info("ended", outcome=outcome)
        return outcome

    def _run_to_the_end(self, claimed: Claim, keeper: LeaseKeeper, workdir: Path) -> Outcome:
        try:
            result = self._run(claimed, keeper, workdir)
            leases.succeed(self.store, claimed, result)
            return Outcome.SUCCEEDED
        except (Cancelled, LeaseLost):
            return Outcome.DROPPED
        except PipelineError as error:
            return self._fail(claimed, error.code, error.message)
        except NoDisk as error:
            return self._fail(claimed, "no_disk", f"the disk is full: {error}")
        except ValidationError as error:
            return self._fail(claimed, "invalid_params", f"the parameters are no longer valid: {error}")
        except Exception as error:
            log.exception("a pipeline broke", pipeline=claimed.job.pipeline)
            return self._fail(claimed, "internal", f"{type(error).__name__}; the worker's log has the details")

    def _run(self, claimed: Claim, keeper: LeaseKeeper, workdir: Path) -> Result:
        pipeline = self._pipeline(claimed)
        params = pipeline.params.model_validate(claimed.job.params)
        run = pipeline.function(self._sources(claimed), params, self._context(claimed, keeper, workdir))
        parts, kept = 0, 0
        while True:
            keeper.check()
            try:
                made = next(run)
            except StopIteration as stop:
                return _plain(stop.value)
            if isinstance(made, Part):
                parts += 1
                leases.keep_part(self.store, claimed, parts, Part(made.kind, plain_json(made.body)))
            else:
                self._keep_output(claimed, kept, made)
                kept += 1

    def _pipeline(self, claimed: Claim) -> Pipeline:
        try:
            return self.pipelines[claimed.job.pipeline]
        except KeyError:
            message = f"this worker does not know the pipeline {claimed.job.pipeline!r}"
            raise PipelineError(message, code="unknown_pipeline") from None

    def _keep_output(self, claimed: Claim, ordinal: int, output: Output) -> None:
        if not output.name or Path(output.name).name != output.name:
            raise ValueError(f"{claimed.job.pipeline} named an output {output.name!r}: a plain file name is needed")
        leases.keep_output(self.store, claimed, ordinal, output)

    def _sources(self, claimed: Claim) -> list[Source]:
        return [
            Source(self.store.blobs.path(file.sha256), file.name, file.media_type, file.size_bytes)
            for file in claimed.job.inputs
        ]

    def _context(self, claimed: Claim, keeper: LeaseKeeper, workdir: Path) -> Context:
        progress = ThrottledProgress(lambda fraction, note: leases.record_progress(self.store, claimed, fraction, note))
        return Context(workdir, self.store.settings.models, self.models, self.network, progress.tell, keeper.check)

    def _fail(self, claimed: Claim, code: str, message: str) -> Outcome:
        try:
            leases.fail(self.store, claimed, code, message)
        except LeaseLost:
            return Outcome.DROPPED
        log.info("failed", code=code, error=message)
        return Outcome.FAILED


def _plain(result: Result) -> Result:
    return Result(plain_json(result.body), result.engine, tuple(plain_json(list(result.warnings))))


@contextmanager
def _private_directory(parent: Path, job_id: str) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    directory = Path(mkdtemp(dir=parent, prefix=f"{job_id}."))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
