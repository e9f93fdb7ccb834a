"""Rows of jobs in any number, inserted by the database itself: handing them in would take longer than measuring."""

from dataclasses import dataclass

from sqlalchemy import text

from bench.handing_in import FILE, store_file
from bench.noop import NAME
from triptych.database import Database
from triptych.jobs.states import JobState

CHUNK = 50_000  # rows of a transaction: SQLite's log stays small
EPOCH_S = 1_600_000_000  # before any job that is handed in


@dataclass(frozen=True, slots=True)
class Content:
    """What a database is full of: jobs in one ``state``, dealt to ``owners`` in turn."""

    title: str
    state: JobState
    owners: int

    @property
    def attempt(self) -> int:
        """How often each of the jobs was claimed."""
        return int(self.state is not JobState.QUEUED)


FINISHED = Content("finished jobs of ten owners", JobState.SUCCEEDED, 10)
WAITING = Content("waiting jobs of one owner", JobState.QUEUED, 1)

_ID = "'00000000-0000-7000-8000-' || substr(CAST(1000000000000 + n AS VARCHAR), 2)"
_NUMBERS = (
    "WITH RECURSIVE number(n) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT n + 1 FROM number WHERE n < :last)"
)
_RUN = "CASE WHEN :attempt > 0 THEN"
_JOBS = text(
    f"""
    INSERT INTO jobs (id, owner, pipeline, lane, priority, params, state, attempt, failures, created_at, queued_at,
                      started_at, finished_at, worker, fraction, result, engine, warnings, cached)
    {_NUMBERS}
    SELECT {_ID}, 'owner-' || (n % :owners), '{NAME}', 'cpu', 0, '{{}}', :state, :attempt, 0, :since + n, :since + n,
           {_RUN} :since + n END, {_RUN} :since + n + 0.01 END, {_RUN} 'cpu@bench' END, {_RUN} 1.0 END, NULL, NULL,
           '[]', FALSE
    FROM number
    """
)
_INPUTS = text(f"INSERT INTO job_inputs (job_id, ordinal, file_id) {_NUMBERS} SELECT {_ID}, 0, '{FILE.id}' FROM number")
_ATTEMPTS = text(
    f"""
    INSERT INTO attempts (job_id, attempt, worker, started_at, ended_at)
    {_NUMBERS} SELECT {_ID}, 1, 'cpu@bench', :since + n, :since + n + 0.01 FROM number
    """
)


def row_id(number: int) -> str:
    """The id of the row with this number, from 1: older rows have lower ids."""
    return f"00000000-0000-7000-8000-{number:012}"


def fill(database: Database, content: Content, present: int, rows: int) -> None:
    """Have ``rows`` rows where ``present`` are, and the statistics taken that PostgreSQL takes by itself."""
    if present == 0:
        store_file(database)
    for first in range(present + 1, rows + 1, CHUNK):
        numbers = {"first": first, "last": min(first + CHUNK - 1, rows), "since": float(EPOCH_S)}
        told = {"owners": content.owners, "state": content.state.value, "attempt": content.attempt}
        with database.write() as connection:
            connection.execute(_JOBS, {**numbers, **told})
            connection.execute(_INPUTS, {"first": numbers["first"], "last": numbers["last"]})
            if content.attempt:
                connection.execute(_ATTEMPTS, numbers)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
