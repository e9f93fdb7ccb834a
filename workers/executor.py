"""One run of one job, as a straight line of named steps; every way it can end is mapped here and nowhere else."""

import errno
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from threading import Event

import structlog
from pydantic import ValidationError

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, ModelCache, Network, Output, Part, Result, Source
from pipelines.errors import Cancelled, PipelineError, TransientFailure
from triptych.blobs import NoDisk
from triptych.database import DatabaseAway
from triptych.files import File
from triptych.jobs import leases
from triptych.jobs.leases import Claim, LeaseLost
from triptych.store import Store
from workers.json_values import plain_json
from workers.lease_keeper import LeaseKeeper, never
from workers.progress import ThrottledProgress

log = structlog.get_logger()

RETRY_S = 0.5


class Outcome(StrEnum):
    """How a ring at the door ended."""

    NOTHING_TO_DO = "nothing to do"  # claimed by somebody else, cancelled, or rung twice
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DROPPED = "dropped"  # cancelled, rescued or handed back while it ran: what it made is not kept
    LEFT = "left"  # the database is away: the lease will lapse, and the job is done again
    AGAIN = "again"  # a failure that may pass: it waits for another attempt


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs jobs in this process.

    ``worker`` is the name that the job's history shows; ``draining`` says when the worker is going away.
    """

    store: Store
    models: ModelCache
    network: Network
    pipelines: Mapping[str, Pipeline]
    worker: str
    draining: Callable[[], bool] = never

    def execute(self, job_id: str) -> Outcome:
        """Claim the job, run it, keep what it makes and finish it. Raises DatabaseAway when it cannot be claimed."""
        if self.draining():
            return Outcome.NOTHING_TO_DO  # the sweep rings again for another worker
        claimed = leases.claim(self.store, job_id, self.worker)
        if claimed is None:
            return Outcome.NOTHING_TO_DO
        with (
            structlog.contextvars.bound_contextvars(job_id=job_id, attempt=claimed.row.attempt),
            LeaseKeeper(self.store, claimed, self.draining) as keeper,
        ):
            log.info("started", pipeline=claimed.job.pipeline)
            outcome = self._run_to_the_end(claimed, keeper)
            log.info("ended", outcome=outcome)
        return outcome

    def _run_to_the_end(self, claimed: Claim, keeper: LeaseKeeper) -> Outcome:
        try:
            with _private_directory(self.store.settings.work, claimed.job.id) as workdir:
                result = self._run(claimed, keeper, workdir)
                self._surely(partial(leases.succeed, self.store, claimed, result))
            return Outcome.SUCCEEDED
        except (Cancelled, LeaseLost):
            return Outcome.DROPPED
        except DatabaseAway as error:
            log.warning("left: the database is away", error=str(error))
            return Outcome.LEFT
        except TransientFailure as error:
            again = partial(leases.try_again, self.store, claimed, error.code, error.message)
            return self._end(Outcome.AGAIN, again)
        except Exception as error:
            code, message = _told(error)
            if code == "internal":
                log.exception("a pipeline broke", pipeline=claimed.job.pipeline)
            return self._end(Outcome.FAILED, partial(leases.fail, self.store, claimed, code, message))

    def _end(self, outcome: Outcome, last_move: Callable[[], None]) -> Outcome:
        try:
            self._surely(last_move)
        except LeaseLost:
            return Outcome.DROPPED
        except DatabaseAway:
            return Outcome.LEFT
        return outcome

    def _surely(self, last_move: Callable[[], None]) -> None:
        """Make the last move, waiting out a database that is away for as long as the lease may stand."""
        until = self.store.clock() + self.store.settings.lease_s
        while True:
            try:
                last_move()
                return
            except DatabaseAway:
                if self.store.clock() > until:
                    raise
                Event().wait(RETRY_S)

    def _run(self, claimed: Claim, keeper: LeaseKeeper, workdir: Path) -> Result:
        pipeline = self._pipeline(claimed)
        params = pipeline.params.model_validate(claimed.job.params)
        sources = self._sources(claimed, workdir)
        run = pipeline.function(sources, params, self._context(claimed, keeper, workdir))
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

    def _sources(self, claimed: Claim, workdir: Path) -> list[Source]:
        return [
            Source(self._path(claimed, file, workdir), file.name, file.media_type, file.size_bytes)
            for file in claimed.job.inputs
        ]

    def _path(self, claimed: Claim, file: File, workdir: Path) -> Path:
        """Where the bytes of an input lie; those that are in no blob are put into the run's directory."""
        content = claimed.content.get(file.id)
        if content is None:
            return self.store.blobs.path(file.sha256)
        path = workdir / file.id
        path.write_bytes(content)
        return path

    def _context(self, claimed: Claim, keeper: LeaseKeeper, workdir: Path) -> Context:
        progress = ThrottledProgress(lambda fraction, note: leases.record_progress(self.store, claimed, fraction, note))
        return Context(workdir, self.store.settings.models, self.models, self.network, progress.tell, keeper.check)


def _told(error: Exception) -> tuple[str, str]:
    """The code and message of a failure that another attempt would not mend."""
    if isinstance(error, PipelineError):
        return error.code, error.message
    if isinstance(error, NoDisk) or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
        return "no_disk", f"the disk is full: {error}"
    if isinstance(error, ValidationError):
        return "invalid_params", f"the parameters are no longer valid: {error}"
    return "internal", f"{type(error).__name__}; the worker's log has the details"


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
