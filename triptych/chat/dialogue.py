"""What the run of a reply reads of its conversation, and what it writes to it besides the reply itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from pipelines.errors import BadInput
from pipelines.house import Dialogue, Turn
from triptych.chat.branches import LEADING, branch_to, files_of
from triptych.chat.tables import conversations, messages
from triptych.chat.values import Role
from triptych.jobs.leases import Claim, still_ours
from triptych.jobs.states import JobState
from triptych.jobs.tables import job_inputs, jobs
from triptych.store import Store

_OF_JOB = (  # built once: each reply begins with it
    select(conversations, messages.c.parent_id)
    .join(messages, messages.c.conversation_id == conversations.c.id)
    .where(
        conversations.c.id == bindparam("conversation"),
        conversations.c.owner == bindparam("the_owner"),
        messages.c.id == bindparam("reply"),
        messages.c.job_id == bindparam("job"),
    )
)
_CHILDREN = (  # of the replies that lead to a message, those that succeeded
    select(jobs.c.id, job_inputs.c.file_id)
    .join(job_inputs, job_inputs.c.job_id == jobs.c.id)
    .join(messages, messages.c.job_id == jobs.c.parent_id)
    .join(LEADING, LEADING.c.id == messages.c.id)
    .where(jobs.c.state == JobState.SUCCEEDED, jobs.c.child >= 0)
    .order_by(jobs.c.id)
)


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """Where the reply that a claimed job writes stands: in which conversation, and as which message."""

    conversation_id: str
    message_id: str


def dialogue_of(store: Store, claimed: Claim, place: ReplyPlace) -> Dialogue:
    """The turns that lead to the reply. Raises BadInput, with the code ``gone``, where it is not the job's."""
    with store.database.read() as connection:
        ids = {"conversation": place.conversation_id, "reply": place.message_id}
        row = connection.execute(_OF_JOB, {**ids, "the_owner": claimed.job.owner, "job": claimed.job.id}).one_or_none()
        if row is None:
            raise BadInput("the conversation, or the reply in it, was deleted: ask in another one", code="gone")
        branch = branch_to(connection, row.parent_id)
        summary, branch = _behind_summary(row, branch)
        file_ids = [file.id for file in claimed.job.inputs]
        turns = _turns(connection, branch, file_ids)
        looked_into = _looked_into(connection, claimed, row.parent_id) if file_ids else {}
    return Dialogue(turns, summary, row.settings, file_ids, has_title=bool(row.title), looked_into=looked_into)


def hear_message(store: Store, claimed: Claim, place: ReplyPlace, message_id: str, text: str) -> None:
    """Give a message that was spoken its text. Raises LeaseLost."""
    spoken = update(messages).where(
        messages.c.id == message_id, messages.c.conversation_id == place.conversation_id, messages.c.text == ""
    )
    with store.database.write() as connection:
        _hold(connection, place)
        still_ours(connection, claimed)
        connection.execute(spoken.values(text=text))


def keep_summary(store: Store, claimed: Claim, place: ReplyPlace, upto: str, summary: str) -> None:
    """Have ``summary`` tell of the turns up to the message ``upto``. Raises LeaseLost."""
    with store.database.write() as connection:
        _hold(connection, place)
        still_ours(connection, claimed)
        connection.execute(_of(place).values(summary=summary, summary_upto=upto))


def entitle(store: Store, claimed: Claim, place: ReplyPlace, title: str) -> None:
    """Call the conversation so, unless it is called something already. Raises LeaseLost."""
    with store.database.write() as connection:
        _hold(connection, place)
        still_ours(connection, claimed)
        connection.execute(_of(place).where(conversations.c.title == "").values(title=title))


def _of(place: ReplyPlace) -> Any:  # Any: SQLAlchemy's Update is generic in nothing that helps here
    return update(conversations).where(conversations.c.id == place.conversation_id)


def _hold(connection: Connection, place: ReplyPlace) -> None:
    """Lock the conversation's row, before the job's: see ``conversations.conversation_in``."""
    connection.execute(select(conversations.c.id).where(conversations.c.id == place.conversation_id).with_for_update())


def _behind_summary(row: Row[Any], branch: Sequence[Row[Any]]) -> tuple[str, Sequence[Row[Any]]]:
    """The summary, where it tells of this branch, and the messages behind those that it tells of."""
    told = [number for number, message in enumerate(branch) if message.id == row.summary_upto]
    return (row.summary, branch[told[0] + 1 :]) if told else ("", branch)


def _looked_into(connection: Connection, claimed: Claim, question_id: str) -> dict[int, list[str]]:
    """The children of the branch's earlier replies, by the place that their input has among this one's inputs."""
    places = {file.id: place for place, file in enumerate(claimed.job.inputs)}
    found: dict[int, list[str]] = {}
    for row in connection.execute(_CHILDREN, {"last": question_id}):
        if row.file_id in places:
            found.setdefault(places[row.file_id], []).append(row.id)
    return found


def _turns(connection: Connection, branch: Sequence[Row[Any]], file_ids: Sequence[str]) -> list[Turn]:
    """The messages that say something, and the places of their files among the run's sources."""
    places = {file_id: number for number, file_id in enumerate(file_ids)}
    attached = files_of(connection, [message.id for message in branch])
    turns = []
    for message in branch:
        files = [places[file.file_id] for file in attached.get(message.id, ()) if file.file_id in places]
        if message.text or files or message.role == Role.USER:
            turns.append(Turn(message.id, message.role, message.text, files))
    return turns
