"""Files that only conversations use: they may be deleted, and leave their names behind."""

from sqlalchemy import Connection, delete, select

from pipelines.chat.reply import REPLY
from triptych.events.event import Event
from triptych.jobs.owner import discard_in
from triptych.jobs.states import FINAL
from triptych.jobs.tables import job_inputs, jobs
from triptych.rings import Ring
from triptych.store import Store


def let_go(connection: Connection, store: Store, owner: str, file_id: str) -> tuple[list[Ring], list[Event]]:
    """Have the owner's finished replies need the file no more, and return what is to be sent behind the commit.

    What their children had heard or seen in it goes with it, and so do the memories of that.
    """
    final = jobs.c.state.in_(sorted(FINAL))
    users = select(jobs.c.id).join(job_inputs).where(job_inputs.c.file_id == file_id, jobs.c.owner == owner, final)
    replies = select(jobs.c.id).where(jobs.c.pipeline == REPLY, jobs.c.owner == owner, final)
    children = connection.execute(users.where(jobs.c.parent_id.in_(replies))).scalars().all()
    sent = discard_in(connection, store, owner, children)
    used = job_inputs.c.job_id.in_(users.where(jobs.c.pipeline == REPLY))
    connection.execute(delete(job_inputs).where(job_inputs.c.file_id == file_id, used))
    return sent
