"""What becomes of a line whose job its owner deletes, or has done again, by itself.

Locks are taken in one order everywhere, so that no two writers wait for one another: the batch, its jobs by their ids,
its lines.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, tuple_, update

from triptych.batches.states import Step
from triptych.batches.tables import batch_lines, batches
from triptych.jobs.tables import jobs


def hold_batches(connection: Connection, job_ids: Collection[str]) -> None:
    """Lock the batches that these jobs are of: to be called before a job of theirs is locked."""
    of_jobs = select(jobs.c.batch_id).where(jobs.c.id.in_(job_ids), jobs.c.batch_id.is_not(None))
    held = select(batches.c.id).where(batches.c.id.in_(of_jobs)).order_by(batches.c.id)
    connection.execute(held.with_for_update(key_share=True))


def forget_job(connection: Connection, batch_id: str, number: int) -> None:
    """Note that the line's job is gone; a line that waits to be done again gets another.

    The batch is held, or gone too.
    """
    its = batch_lines.c.batch_id == batch_id, batch_lines.c.number == number
    of_batch = update(batches).where(batches.c.id == batch_id)
    gone = update(batch_lines).where(*its, batch_lines.c.step == Step.MADE).values(step=Step.GONE)
    if connection.execute(gone).rowcount:
        connection.execute(of_batch.values(gone=batches.c.gone + 1))
    elif connection.execute(select(batch_lines.c.number).where(*its, batch_lines.c.step == Step.WAITING)).first():
        connection.execute(of_batch.values(again=batches.c.again - 1))


def take_up(connection: Connection, job_ids: Sequence[str]) -> None:
    """Note of jobs that were queued again that their lines, if these waited for just that, wait no more.

    Their batches are held.
    """
    of_jobs = select(jobs.c.batch_id, jobs.c.batch_line).where(jobs.c.id.in_(job_ids), jobs.c.batch_id.is_not(None))
    lines = [tuple(row) for row in connection.execute(of_jobs)]
    if not lines:
        return
    its = tuple_(batch_lines.c.batch_id, batch_lines.c.number).in_(lines), batch_lines.c.step == Step.WAITING
    taken = update(batch_lines).where(*its).values(step=Step.MADE).returning(batch_lines.c.batch_id)
    for batch_id, count in sorted(Counter(connection.execute(taken).scalars()).items()):
        fewer = {"waiting": batches.c.waiting - count, "again": batches.c.again - count}
        connection.execute(update(batches).where(batches.c.id == batch_id).values(**fewer))
