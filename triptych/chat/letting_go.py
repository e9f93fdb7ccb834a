"""Files that only conversations use: they may be deleted, and leave their names behind."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from pipelines.chat.reply import REPLY
from triptych.jobs.states import FINAL
from triptych.jobs.tables import job_inputs, jobs


def let_go(connection: Connection, owner: str, file_id: str) -> Sequence[Row[Any]]:
    """Have the finished replies of the owner need the file no more; return the jobs that are gone with it.

    Those are what the replies had done with the file: what they made of it goes, and with that its memories.
    """
    final = jobs.c.state.in_(sorted(FINAL))
    users = select(jobs.c.id).join(job_inputs).where(job_inputs.c.file_id == file_id, jobs.c.owner == owner, final)
    replies = select(jobs.c.id).where(jobs.c.pipeline == REPLY, jobs.c.owner == owner, final)
    children = users.where(jobs.c.parent_id.in_(replies))
    gone = connection.execute(delete(jobs).where(jobs.c.id.in_(children)).returning(*jobs.c)).all()
    used = job_inputs.c.job_id.in_(users.where(jobs.c.pipeline == REPLY))
    connection.execute(delete(job_inputs).where(job_inputs.c.file_id == file_id, used))
    return gone
