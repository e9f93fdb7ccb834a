"""The jobs of one message, from claim to end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import structlog

from pipelines.catalogue import Pipeline
from pipelines.contract import Made, ModelCache, Network, Result
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.models_of_run import ModelsOfRun
from pipelines.errors import Cancelled
from triptych.database import Clock, DatabaseAway
from triptych.jobs import ends
from triptych.jobs.kept import serve_again
from triptych.jobs.leases import Claim, Holder, LeaseLost, claim_all, is_ours
from triptych.jobs.messages import MESSAGE_S
from triptych.store import Store
from workers.desk import Desk
from workers.failures import end_of, unknown_pipeline
from workers.ports.jobs import JobsOfOwner
from workers.posts import MOST_TOGETHER, Board, Verdict
from workers.quarantine import Quarantine
from workers.reuse import is_made_by, made_by, work_key
from workers.run import Run
from workers.tally import Outcome, Tally

log = structlog.get_logger()

CERTAIN_S = 1.0  # after a claim, for which a job that waits behind others of its message is surely ours


def never() -> bool:
    """Say that the worker stays."""
    return False


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs jobs in this process, in the name of ``holder`` and seen on ``board``.

    ``draining`` says when the worker is going away. ``running_clock`` tells intervals, whatever the store's is set to.
    """

    store: Store
    models: BoundedModelCache
    network: Network
    pipelines: Mapping[str, Pipeline]
    holder: Holder
    board: Board
    draining: Callable[[], bool] = never
    running_clock: Clock = monotonic
    quarantine: Quarantine = field(init=False)

    def __post_init__(self) -> None:
        """Have one quarantine for all threads of the process."""
        object.__setattr__(self, "quarantine", Quarantine(self.draining, self.running_clock))

    def execute(self, *job_ids: str, alone: bool = False) -> list[Outcome]:
        """Claim the jobs of one message, run them, keep what they make and end them; tell how each ended.

        ``alone``: with nothing else in this process.
        """
        with self.quarantine.alone(*job_ids) if alone else self.quarantine.beside_others() as may_begin:
            if not may_begin or self.draining():
                return [Outcome.NOTHING_TO_DO]  # the sweep rings again
            with self.board.post().at_work(self.store.clock()):
                try:
                    claims = claim_all(self.store, job_ids, self.holder)
                except DatabaseAway as error:
                    log.warning("not claimed: the database is away; the sweep rings again", error=str(error))
                    return [Outcome.LEFT]
                return _Message(self, claims).run() if claims else [Outcome.NOTHING_TO_DO]


class _Message:
    """The claimed jobs of one message, and of those that follow it within ``MESSAGE_S``."""

    def __init__(self, executor: Executor, claims: Sequence[Claim]) -> None:
        self._executor = executor
        self._store = executor.store
        self._running_clock = executor.running_clock
        self._claims = claims
        self._began_at = self._claimed_at = self._running_clock()
        self._post = executor.board.post()
        self._desk = Desk(self._store.settings.work, executor.holder.token, self._post.slot)
        self._tally = Tally(self._store, executor.holder, self._desk.clear, self._running_clock)

    def run(self) -> list[Outcome]:
        while self._claims:
            pipeline = self._executor.pipelines.get(self._claims[0].job.pipeline)
            if pipeline is None:
                for claimed in self._claims:
                    self._tally.add(unknown_pipeline(self._store, claimed))
            elif pipeline.run_many is None or len(self._claims) == 1:
                self._in_turn(pipeline, self._claims)
            else:
                for first in range(0, len(self._claims), MOST_TOGETHER):
                    self._together(pipeline, self._claims[first : first + MOST_TOGETHER])
            self._claims = self._tally.write(go_on=self._may_go_on())
            self._claimed_at = self._running_clock()
        self._desk.clear()
        return self._tally.outcomes

    def _may_go_on(self) -> bool:
        """Whether another message's jobs may be done by the way: only for as long as one message is to take."""
        if self._executor.draining() or self._executor.quarantine.is_held:
            return False
        return self._running_clock() - self._began_at < MESSAGE_S

    def _in_turn(self, pipeline: Pipeline, claims: Sequence[Claim]) -> None:
        for number, claimed in enumerate(claims):
            if number and self._executor.draining():
                self._tally.add(ends.handed_back(claimed.row, self._store.clock()))
                continue
            if not self._is_still_ours(claimed):
                self._tally.note(Outcome.DROPPED)
                continue
            self._alone(pipeline, claimed)
            self._tally.write_if_due()

    def _is_still_ours(self, claimed: Claim) -> bool:
        """A job that has waited behind others of its message may have been handed back meanwhile."""
        if self._running_clock() - self._claimed_at <= CERTAIN_S:
            return True
        try:
            return is_ours(self._store, claimed)
        except DatabaseAway:
            return False  # it goes back when the database is there again

    def _check(self) -> None:
        """A run's check: ends of jobs before it in its message are not held up by a run that takes its time."""
        self._post.check()
        self._tally.write_if_due(in_run=True)

    def _alone(self, pipeline: Pipeline, claimed: Claim) -> None:
        with self._shown(claimed), self._ending(claimed):
            maker = self._maker(pipeline, claimed)
            if not self._is_served(claimed, maker):
                with self._models() as models:
                    result = self._prepared(pipeline, claimed, self._desk.clear(), models).alone()
                self._succeed(pipeline, claimed, result, maker)
        self._tally.tell()

    def _together(self, pipeline: Pipeline, claims: Sequence[Claim]) -> None:
        """Do the jobs at once; one by one when that fails as a whole, or one of them has been cancelled meanwhile."""
        models = self._models()
        asked = self._asked(pipeline, claims, models)
        if not asked or pipeline.run_many is None:
            return
        try:
            with self._shown(*(claimed for claimed, _, _ in asked)), models:
                made = pipeline.run_many([run.item for _, run, _ in asked])
            if len(made) != len(asked):
                raise ValueError(f"{len(made)} outcomes of {len(asked)} jobs")
        except Exception as error:
            log.info("done one by one", pipeline=pipeline.name, jobs=len(asked), error=repr(error))
            self._claimed_at = float("-inf")  # whose each is now is to be asked
            self._in_turn(pipeline, [claimed for claimed, _, _ in asked])
            return
        for (claimed, run, maker), outcome in zip(asked, made, strict=True):
            with self._ending(claimed):
                if not isinstance(outcome, Made):
                    raise outcome
                self._succeed(pipeline, claimed, run.keep(outcome), maker)

    def _asked(
        self, pipeline: Pipeline, claims: Sequence[Claim], models: ModelCache
    ) -> list[tuple[Claim, Run, str | None]]:
        """Those of the jobs that are to be run, each with its run and what would make it."""
        asked, desk = [], self._desk.clear()
        for number, claimed in enumerate(claims):
            with self._ending(claimed):
                maker = self._maker(pipeline, claimed)
                if not self._is_served(claimed, maker):
                    workdir = desk / str(number)
                    workdir.mkdir()
                    asked.append((claimed, self._prepared(pipeline, claimed, workdir, models), maker))
        self._tally.tell()
        return asked

    def _maker(self, pipeline: Pipeline, claimed: Claim) -> str | None:
        return made_by(pipeline, claimed.job, self._store.settings.models, self._executor.network)

    def _is_served(self, claimed: Claim, maker: str | None) -> bool:
        """Whether a kept result could serve again, and did."""
        if maker is None or claimed.row.fresh:
            return False
        served = serve_again(self._store, claimed.row, work_key(claimed.job, maker))
        if served is None:
            return False
        log.info("served from what was kept")
        self._tally.served(served)
        return True

    def _models(self) -> ModelsOfRun:
        return ModelsOfRun(self._executor.models, self._check)

    def _prepared(self, pipeline: Pipeline, claimed: Claim, workdir: Path, models: ModelCache) -> Run:
        jobs = JobsOfOwner(self._store, claimed, self._executor.pipelines, workdir)
        return Run(self._store, models, self._executor.network, pipeline, claimed, workdir, self._check, jobs)

    def _succeed(self, pipeline: Pipeline, claimed: Claim, result: Result, maker: str | None) -> None:
        key = None
        if maker is not None and is_made_by(result, maker) and self._maker(pipeline, claimed) == maker:
            key = work_key(claimed.job, maker)  # weights that came during the run would make it another's
        self._tally.add(ends.succeeded(claimed.row, self._store.clock(), result, key))

    @contextmanager
    def _shown(self, *claims: Claim) -> Iterator[None]:
        """Show the run to the warden and the logs, for the block; several at once have the longest of their times."""
        started_at, rows = self._store.clock(), [claimed.row for claimed in claims]
        longest_s = max(row.time_limit_s for row in rows)
        names = (
            {"job_id": rows[0].id, "attempt": rows[0].attempt} if len(rows) == 1 else {"job_ids": [r.id for r in rows]}
        )
        with (
            structlog.contextvars.bound_contextvars(**names),
            self._post.running([(row.id, row.attempt) for row in rows], self._running_clock(), longest_s),
        ):
            log.info("started", pipeline=rows[0].pipeline)
            yield
            log.info("ended")
        if len(self._claims) > 1 == len(claims):  # it waited behind others of its message since it was claimed
            self._tally.began_at(claims[0], started_at)

    @contextmanager
    def _ending(self, claimed: Claim) -> Iterator[None]:
        """Map whatever goes wrong in the block to the end of this job's run."""
        row = claimed.row
        try:
            yield
        except (Cancelled, LeaseLost):
            if self._post.verdict is Verdict.TIMED_OUT:
                self._tally.add(ends.timed_out(row, self._store.clock()))
            else:
                self._tally.note(Outcome.DROPPED)
        except DatabaseAway as error:
            log.warning("left: the database is away", error=str(error))
            self._tally.note(Outcome.LEFT)
        except Exception as error:
            self._tally.add(end_of(self._store, claimed, error))
