"""What becomes of a line whose job its owner deleted by itself."""

from sqlalchemy import Connection, select, update

from triptych.batches.states import Step
from triptych.batches.tables import batch_lines, batches


def forget_job(connection: Connection, batch_id: str, number: int) -> None:
    """Note that the line's job is gone; a line that waits to be done again gets another. The batch may be gone too."""
    its = batch_lines.c.batch_id == batch_id, batch_lines.c.number == number
    of_batch = update(batches).where(batches.c.id == batch_id)
    gone = update(batch_lines).where(*its, batch_lines.c.step == Step.MADE).values(step=Step.GONE)
    if connection.execute(gone).rowcount:
        connection.execute(of_batch.values(gone=batches.c.gone + 1))
    elif connection.execute(select(batch_lines.c.number).where(*its, batch_lines.c.step == Step.WAITING)).first():
        connection.execute(of_batch.values(again=batches.c.again - 1))
