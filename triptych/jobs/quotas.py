"""Quotas: how much of the house one account may take, by the settings or its own; no bound where that is 0."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select, text

from triptych.accounts.quotas import quotas_of
from triptych.files import files
from triptych.jobs.submission import Submission
from triptych.jobs.tables import jobs
from triptych.settings import Settings

# Counted up to the bound alone, so that it costs no more behind a long backlog; in the words of the partial indexes.
_SOME_QUEUED = (
    select(jobs.c.id)
    .where(text("state = 'queued'"), jobs.c.owner == bindparam("the_owner"))
    .limit(bindparam("most"))
    .subquery()
)
_QUEUED = select(func.count()).select_from(_SOME_QUEUED)
_BYTES = select(func.coalesce(func.sum(files.c.size_bytes), 0)).where(files.c.owner == bindparam("the_owner"))


class QuotaExceeded(Exception):
    """The account has as much as it may have of ``what``; the message says how much that is."""

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


def check_quotas(connection: Connection, settings: Settings, submissions: Sequence[Submission]) -> None:
    """Raise QuotaExceeded when one of the owners would have more queued, or more bytes of files, than is allowed.

    How many jobs of an account are in flight in a lane is held by admission, which lets the others wait.
    """
    for owner in {submission.owner for submission in submissions}:
        own = [submission for submission in submissions if submission.owner == owner]
        new_bytes = sum(file.size_bytes for submission in own for file in submission.new_files)
        asked_for = sum(submission.parent_id is None for submission in own)  # a child's parent was accepted with it
        check_quota(connection, settings, owner, asked_for, new_bytes)


def check_quota(connection: Connection, settings: Settings, owner: str, new_jobs: int, new_bytes: int) -> None:
    """Raise QuotaExceeded when the owner may not have so many jobs and bytes more."""
    if not (new_jobs or new_bytes):
        return
    bounds = quotas_of(connection, settings, owner)
    if bounds.queued and new_jobs:
        _check_queued(connection, bounds.queued, owner, new_jobs)
    most = bounds.size_bytes
    if most and new_bytes and connection.execute(_BYTES, {"the_owner": owner}).scalar_one() + new_bytes > most:
        raise QuotaExceeded("bytes", f"your files may hold {most} bytes: delete some that you no longer need")


def bytes_left(connection: Connection, settings: Settings, owner: str) -> int | None:
    """How many bytes the owner may have more; None: there is no bound."""
    most = quotas_of(connection, settings, owner).size_bytes
    return max(0, most - int(connection.execute(_BYTES, {"the_owner": owner}).scalar_one())) if most else None


def room_for(connection: Connection, settings: Settings, owner: str, jobs_more: int) -> int:
    """How many of so many jobs more the owner may have queued. Raises QuotaExceeded when it is none of them."""
    most = quotas_of(connection, settings, owner).queued
    if not most or not jobs_more:
        return jobs_more
    queued = _queued(connection, most, owner)
    if queued >= most:
        raise _too_many(most, queued)
    return min(most - queued, jobs_more)


def _check_queued(connection: Connection, most: int, owner: str, new: int) -> None:
    queued = _queued(connection, most, owner)
    if queued + new > most:
        raise _too_many(most, queued)


def _queued(connection: Connection, most: int, owner: str) -> int:
    return int(connection.execute(_QUEUED, {"the_owner": owner, "most": most + 1}).scalar_one())


def _too_many(most: int, queued: int) -> QuotaExceeded:
    return QuotaExceeded("queued", f"{most} of your jobs may wait at a time, and {queued} do: wait until some are done")
