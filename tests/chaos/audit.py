"""The audit: every accepted job ended once, was told in order, and nothing of it is left lying about."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select
from support.chance import SEED
from support.until import until

from chaos.ledger import Ledger
from chaos.recorder import Recorder
from chaos.story import Truth, untold
from triptych.batches.tables import batches
from triptych.files import contents, files
from triptych.garbage import GRACE_S, collect_garbage
from triptych.jobs.job import Attempt
from triptych.jobs.reading import history
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.tables import attempts, jobs, outputs, parts
from triptych.store import Store

COUNTED = frozenset({"worker_died", "transient_failure"})  # ends of an attempt that count towards the cap
MARKS_WITHIN_S = 5  # a process that lost events tells of it this soon after Redis is back
MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Books:
    """The tables, read at one moment."""

    jobs: dict[str, Row[Any]]
    attempts: dict[str, list[Attempt]]
    parts: dict[str, list[Row[Any]]]
    outputs: dict[str, list[Row[Any]]]

    @classmethod
    def read(cls, store: Store) -> "Books":
        """Read them, each job's rows in order."""
        with store.database.read() as connection:
            rows = {row.id: row for row in connection.execute(select(jobs))}
            ended = _by_job(connection.execute(select(attempts).order_by(attempts.c.attempt)).all())
            made = connection.execute(select(parts).order_by(parts.c.attempt, parts.c.seq)).all()
            kept = connection.execute(select(outputs).order_by(outputs.c.attempt, outputs.c.ordinal)).all()
        told = {job_id: history(row, ended.get(job_id, ())) for job_id, row in rows.items()}
        return cls(rows, told, _by_job(made), _by_job(kept))

    def truth(self, job_id: str) -> Truth:
        """What must have been told of a job."""
        row = self.jobs[job_id]
        return Truth(
            JobState(row.state),
            [attempt.error and attempt.error["code"] for attempt in self.attempts.get(job_id, [])],
            [part.seq for part in self.parts.get(job_id, []) if part.attempt == row.attempt],
            [output.name for output in self.outputs.get(job_id, []) if output.attempt == row.attempt],
        )


def audit(
    store: Store,
    ledger: Ledger,
    recorders: Sequence[Recorder],
    accepted: Collection[str],
    *,
    was_killed: bool,
    marks_within_s: float = MARKS_WITHIN_S,
) -> Books:
    """Raise AssertionError with everything that is wrong; return what the tables hold.

    All processes have ended. ``was_killed``: runs were killed, so that it takes the collector to tidy up after them.
    """
    books = Books.read(store)
    problems = [
        *_lost_or_doubled(books, accepted),
        *_history(books),
        *_results(books, ledger),
        *_made(books, store),
        *_left_lying(books, store, was_killed=was_killed),
        *_untold(books, recorders, marks_within_s),
    ]
    told = "\n  ".join(problems[:MOST_SHOWN])
    assert not problems, f"CHAOS_SEED={SEED}: {len(problems)} problems\n  {told}"
    return books


def _lost_or_doubled(books: Books, accepted: Collection[str]) -> Iterator[str]:
    yield from (f"{job_id}: accepted, and not there" for job_id in set(accepted) - set(books.jobs))
    yield from (f"{job_id}: there, and never accepted" for job_id in set(books.jobs) - set(accepted))
    yield from (f"{row.id}: {row.state}" for row in books.jobs.values() if row.state not in FINAL)


def _history(books: Books) -> Iterator[str]:
    for row in books.jobs.values():
        told = books.attempts.get(row.id, [])
        codes = [attempt.error and attempt.error["code"] for attempt in told]
        if [attempt.attempt for attempt in told] != list(range(1, row.attempt + 1)):
            yield f"{row.id}: attempts {[one.attempt for one in told]}, and the job says {row.attempt}"
        if any(one.ended_at is None or one.ended_at < one.started_at for one in told):
            yield f"{row.id}: an attempt has no end: {told}"
        if None in codes[:-1] or (row.state == JobState.SUCCEEDED) != (codes[-1:] == [None]):
            yield f"{row.id}: {row.state} after attempts that ended with {codes}"
        if row.failures != sum(code in COUNTED for code in codes):
            yield f"{row.id}: {row.failures} failures counted, and attempts ended with {codes}"


def _results(books: Books, ledger: Ledger) -> Iterator[str]:
    begun, ended = ledger.times_begun(), {run.token: run.job_id for run in ledger.runs("end")}
    for row in books.jobs.values():
        succeeded = row.state == JobState.SUCCEEDED
        if succeeded != (row.result is not None) or (row.state == JobState.FAILED) != (row.error is not None):
            yield f"{row.id}: {row.state} with result {row.result} and error {row.error}"
        if succeeded and row.result and ended.get(row.result["run"]) != row.id:
            yield f"{row.id}: its result was made by no run of it: {row.result}"
        if begun[row.id] > row.attempt:
            yield f"{row.id}: begun {begun[row.id]} times in {row.attempt} attempts"


def _made(books: Books, store: Store) -> Iterator[str]:
    for row in books.jobs.values():
        seqs = [one.seq for one in books.parts.get(row.id, []) if one.attempt == row.attempt]
        if seqs != list(range(1, len(seqs) + 1)):
            yield f"{row.id}: parts {seqs}"
        if row.state == JobState.SUCCEEDED and row.result and len(seqs) != row.result.get("tokens", 0):
            yield f"{row.id}: {len(seqs)} parts, and the run made {row.result.get('tokens', 0)}"
        if row.state == JobState.SUCCEEDED and {one.attempt for one in books.parts.get(row.id, [])} - {row.attempt}:
            yield f"{row.id}: parts of earlier attempts are left"
    for kept in (output for of_job in books.outputs.values() for output in of_job):
        path = store.blobs.path(kept.sha256)
        if not path.exists() or sha256(path.read_bytes()).hexdigest() != kept.sha256:
            yield f"{kept.job_id}: the bytes of {kept.name} are not there"


def _left_lying(books: Books, store: Store, *, was_killed: bool) -> Iterator[str]:
    if was_killed:
        collect_garbage(replace(store, clock=lambda: store.clock() + 2 * GRACE_S))
    files_left = (path for path in sorted(store.settings.work.rglob("*")) if path.is_file())
    yield from (f"left in the work directory: {path.relative_to(store.settings.work)}" for path in files_left)
    with store.database.read() as connection:
        in_database = select(contents.c.file_id)
        wanted = set(connection.execute(select(files.c.sha256).where(files.c.id.not_in(in_database))).scalars())
        for column in (batches.c.manifest_sha256, batches.c.archive_sha256):
            wanted |= set(connection.execute(select(column).where(column.is_not(None))).scalars())
    wanted |= {output.sha256 for of_job in books.outputs.values() for output in of_job}
    there = {path.name for path in store.blobs.root.glob("*/*")}
    yield from (f"left in the blob store: {name}" for name in sorted(there - wanted))


def _untold(books: Books, recorders: Sequence[Recorder], marks_within_s: float) -> list[str]:
    """What the events did not tell. A mark that is still to come is waited for."""
    found: list[str] = []

    def look() -> bool:
        found[:] = _look(books, recorders)
        return not found

    try:
        until(look, longest_s=marks_within_s, pause_s=0.5 if marks_within_s else 0.0)
    except AssertionError:
        return found
    return []


def _look(books: Books, recorders: Sequence[Recorder]) -> Iterator[str]:
    for recorder in recorders:
        yield from (f"event {one} came {n} times" for one, n in Counter(recorder.ids()).items() if n > 1)
    heard = {job_id: (events, one.resyncs()) for one in recorders for job_id, events in one.by_job().items()}
    everybodys = recorders[0].resyncs() if recorders else []
    for job_id in books.jobs:
        events, resyncs = heard.get(job_id, ([], everybodys))
        yield from (f"{job_id}: {problem}" for problem in untold(books.truth(job_id), events, resyncs))


def _by_job(rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.job_id].append(row)
    return dict(found)
