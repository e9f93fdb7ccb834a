"""Rows of jobs in any number, inserted by the database itself: handing them in would take longer than measuring."""

from dataclasses import dataclass

from sqlalchemy import text

from bench.handing_in import FILE, store_file
from bench.noop import NAME
from triptych.database import Database
from triptych.jobs.states import JobState

CHUNK = 50_000  # rows of a transaction: SQLite's log stays small
OWNERS = 10
EPOCH_S = 1_600_000_000  # before any job that is handed in


@dataclass(frozen=True, slots=True)
class Content:
    """What a database is full of: finished jobs of ``OWNERS`` owners, and newer jobs of one of them that wait.

    ``waiting`` is the part of these in every stretch of rows that is filled.
    """

    title: str
    waiting: float


FINISHED = Content("finished jobs of ten owners", 0)
BACKLOG = Content("as many finished jobs of ten owners as one owner's waiting ones", 0.5)

_ID = "'00000000-0000-7000-8000-' || substr(CAST(1000000000000 + n AS VARCHAR), 2)"
_NUMBERS = (
    "WITH RECURSIVE number(n) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT n + 1 FROM number WHERE n < :last)"
)
_RUN = "CASE WHEN :attempt > 0 THEN"
_JOBS = text(
    f"""
    INSERT INTO jobs (id, owner, pipeline, lane, priority, params, state, attempt, failures, turn, created_at,
                      queued_at, started_at, finished_at, worker, fraction, result, engine, warnings, cached,
                      remember)
    {_NUMBERS}
    SELECT {_ID}, 'owner-' || (n % :owners), '{NAME}', 'cpu', 0, '{{}}', :state, :attempt, 0, n, :since + n, :since + n,
           {_RUN} :since + n END, {_RUN} :since + n + 0.01 END, {_RUN} 'cpu@bench' END, {_RUN} 1.0 END, NULL, NULL,
           '[]', FALSE, FALSE
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
    """Have ``rows`` rows where ``present`` are."""
    if present == 0:
        store_file(database)
    finished = rows - int((rows - present) * content.waiting)
    _insert(database, JobState.SUCCEEDED, OWNERS, range(present + 1, finished + 1))
    _insert(database, JobState.QUEUED, 1, range(finished + 1, rows + 1))
    settle_statistics(database)


def settle_statistics(database: Database) -> None:
    """Take the statistics that PostgreSQL takes by itself in time."""
    if database.is_postgresql:
        with database.at_once() as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _insert(database: Database, state: JobState, owners: int, numbers: range) -> None:
    """Insert rows of these numbers, dealt to ``owners`` owners in turn."""
    attempt = int(state is not JobState.QUEUED)
    for first in numbers[::CHUNK]:
        stretch = {"first": first, "last": min(first + CHUNK, numbers.stop) - 1}
        timed = {**stretch, "since": float(EPOCH_S)}
        with database.write() as connection:
            connection.execute(_JOBS, {**timed, "owners": owners, "state": state.value, "attempt": attempt})
            connection.execute(_INPUTS, stretch)
            if attempt:
                connection.execute(_ATTEMPTS, timed)
