"""A batch's owner and its chore at once on PostgreSQL, which locks row by row: both get through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from support.batching import KEYWORDS, a_batch, do_jobs, jobs_of, standing, tend, texts
from support.stores import row_held, transactions_waiting
from support.until import until
from support.work import OWNER, a_file

from triptych.batches import owner as owners
from triptych.batches.tables import batch_members, batches
from triptych.batches.tending import Told, attend, attended
from triptych.files import UnknownFile, files
from triptych.jobs import owner as jobs_owner
from triptych.jobs.selection import Selection
from triptych.jobs.states import JobState
from triptych.store import Store
from triptych.uploads import remove_file

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

Change = Callable[[Store, str], object]


def retry(store: Store, job_id: str) -> None:
    jobs_owner.retry(store, OWNER, job_id)


def retry_with_others(store: Store, job_id: str) -> None:
    jobs_owner.retry_many(store, OWNER, Selection(ids=[job_id]))


def delete(store: Store, job_id: str) -> None:
    jobs_owner.delete_job(store, OWNER, job_id, with_inputs=True)


def step(store: Store) -> None:
    """Take every batch a page further."""
    for row in attended(store):
        attend(store, row, Told())


def at_once(store: Store, held: AbstractContextManager[object], *changes: Callable[[], object]) -> None:
    """Have each of the changes wait for what is held, in this order, and then go on. Raises what they do."""
    with ThreadPoolExecutor(len(changes)) as others:
        with held:
            begun = []
            for number, change in enumerate(changes, start=1):
                begun.append(others.submit(change))
                until(lambda number=number: transactions_waiting(store) >= number)
        for one in begun:
            one.result()


@pytest.mark.parametrize("change", [retry, retry_with_others, delete])
def test_failed_job_is_changed_while_its_batch_does_it_again(impatient: Store, change: Change) -> None:
    batch_id = a_batch(impatient, texts(2))
    tend(impatient)
    do_jobs(impatient, batch_id, failing=["number 2"])
    tend(impatient)
    [failed] = jobs_of(impatient, batch_id, JobState.FAILED)
    owners.retry(impatient, OWNER, batch_id)

    at_once(
        impatient,
        row_held(impatient, select(batches.c.id).where(batches.c.id == batch_id)),
        lambda: step(impatient),
        lambda: change_if_finished(impatient, change, failed.id),
    )
    tend(impatient)

    lines = standing(impatient, batch_id).lines
    assert (lines.total, lines.succeeded, lines.queued) == (2, 1, 1)


def change_if_finished(store: Store, change: Change, job_id: str) -> None:
    """Make the change, unless the job was queued again meanwhile."""
    try:
        change(store, job_id)
    except jobs_owner.JobNotFinished:
        return


def test_file_that_came_along_is_deleted_while_its_batch_is(impatient: Store) -> None:
    file = a_file(impatient)
    batch_id = a_batch(impatient, [{"path": "a.txt"}], asked=KEYWORDS, files={"a.txt": file}, is_dry_run=True)
    tend(impatient)
    owners.delete(impatient, OWNER, batch_id)

    at_once(
        impatient,
        row_held(impatient, select(files.c.id).where(files.c.id == file.id)),
        lambda: remove_file_if_there(impatient, file.id),
        lambda: step(impatient),
    )
    tend(impatient)

    with impatient.database.read() as connection:
        assert connection.execute(select(files.c.id)).all() == []
        assert connection.execute(select(batch_members.c.path)).all() == []


def remove_file_if_there(store: Store, file_id: str) -> None:
    """Remove the file, unless it was removed meanwhile."""
    try:
        remove_file(store, OWNER, file_id)
    except UnknownFile:
        return
