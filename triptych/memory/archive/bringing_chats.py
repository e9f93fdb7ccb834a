"""Conversations of an archive with their messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from triptych.chat.tables import conversations, message_files, messages
from triptych.files import files
from triptych.jobs.tables import jobs
from triptych.memory.archive.arrival import Arrival
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.identity import Here, ids_here, is_id, message_id_here
from triptych.memory.archive.records import ConversationRecord, MessageRecord
from triptych.memory.tables import memories, memory_sources

_CITED: Mapping[str, Table] = {"memory_id": memories, "source_id": memory_sources, "file_id": files, "job_id": jobs}


def conversations_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, ConversationRecord]]) -> None:
    """Write the conversations that are not there."""
    owners = arrival.owners
    here = ids_here(connection, conversations, owners, [one.id for _, one in page])
    new = [one for _, one in page if not here[one.id].is_there]
    arrival.count(lines=[where for where, one in page if not here[one.id].is_there])
    arrival.skipped += len(page) - len(new)
    arrival.new["conversations"] += len(new)
    rows = []
    for one in new:
        upto = one.summary_upto and message_id_here(owners, one.id, here[one.id], one.summary_upto)
        rows.append({**one.model_dump(), "id": here[one.id].id, "owner": owners.staged, "summary_upto": upto})
    if rows:
        connection.execute(insert(conversations), rows)


def messages_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, MessageRecord]]) -> None:
    """Write the messages of conversations that came with this archive; ``branches_in`` has each follow another."""
    here, owners = _conversations(connection, arrival, page), arrival.owners
    new = [one for _, one in page if here[one.conversation_id].is_new]
    arrival.count(lines=[where for where, one in page if here[one.conversation_id].is_new])
    job_ids = ids_here(connection, jobs, owners, {one.job_id for one in new if one.job_id})
    attached = {file.file_id for one in new for file in one.files if file.file_id}
    file_ids = ids_here(connection, files, owners, attached)
    cited = _cited(connection, arrival, new)
    rows, its_files = [], []
    for one in new:
        conversation = here[one.conversation_id]
        message_id = message_id_here(owners, one.conversation_id, conversation, one.id)
        rows.append(
            {
                **one.model_dump(exclude={"files"}),
                "id": message_id,
                "conversation_id": conversation.id,
                "parent_id": None,
                "job_id": _if_there(one.job_id, job_ids),
                "citations": [_cited_here(citation, cited) for citation in one.citations],
            }
        )
        for ordinal, file in enumerate(one.files):
            its = {"message_id": message_id, "ordinal": ordinal, "file_id": _if_there(file.file_id, file_ids)}
            its_files.append({**file.model_dump(), **its})
    if rows:
        connection.execute(insert(messages), rows)
    if its_files:
        connection.execute(insert(message_files), its_files)


def branches_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, MessageRecord]]) -> None:
    """Have the messages follow each other, now that all of them are there."""
    here, owners = _conversations(connection, arrival, page), arrival.owners
    rows = [
        {
            "message": message_id_here(owners, one.conversation_id, here[one.conversation_id], one.id),
            "parent": message_id_here(owners, one.conversation_id, here[one.conversation_id], one.parent_id),
        }
        for _, one in page
        if one.parent_id is not None and here[one.conversation_id].is_new
    ]
    if not rows:
        return
    _check_branches(connection, rows)
    follows = update(messages).where(messages.c.id == bindparam("message")).values(parent_id=bindparam("parent"))
    connection.execute(follows, rows)


def _check_branches(connection: Connection, rows: Sequence[Mapping[str, str]]) -> None:
    """Raise BadArchive for a message that follows none of its own conversation: whose it is would be led to by it.

    And for one that follows one of its own kind.
    """
    ids = {one for row in rows for one in row.values()}
    columns = messages.c.id, messages.c.conversation_id, messages.c.role
    of = {row.id: row for row in connection.execute(select(*columns).where(messages.c.id.in_(ids)))}
    for row in rows:
        message, parent = of[row["message"]], of.get(row["parent"])
        if parent is None or parent.conversation_id != message.conversation_id:
            raise BadArchive(f"the message {row['message']} follows {row['parent']}, which is none of its conversation")
        if parent.role == message.role:
            raise BadArchive(f"the message {row['message']} follows {row['parent']}: a reply follows a question")


def check_roots(connection: Connection, arrival: Arrival) -> None:
    """Raise BadArchive where messages follow one another in a circle, so that none of them begins a conversation."""
    came = select(conversations.c.id).where(conversations.c.owner == arrival.owners.staged)
    all_of_them = select(messages.c.id).where(messages.c.conversation_id.in_(came))
    tree = all_of_them.where(messages.c.parent_id.is_(None)).cte("tree", recursive=True)
    tree = tree.union_all(select(messages.c.id).join(tree, messages.c.parent_id == tree.c.id))
    lost = all_of_them.where(messages.c.id.not_in(select(tree.c.id))).limit(1)
    if (found := connection.execute(lost).scalar()) is not None:
        raise BadArchive(f"the message {found} follows others in a circle")


def _conversations(
    connection: Connection, arrival: Arrival, page: Sequence[tuple[str, MessageRecord]]
) -> dict[str, Here]:
    here = ids_here(connection, conversations, arrival.owners, {one.conversation_id for _, one in page})
    for where, one in page:
        if not here[one.conversation_id].is_there:
            raise BadArchive(f"{where}: there is no conversation {one.conversation_id}")
    return here


def _if_there(archived: str | None, here: Mapping[str, Here]) -> str | None:
    return here[archived].id if archived is not None and here[archived].is_there else None


def _cited(connection: Connection, arrival: Arrival, new: Sequence[MessageRecord]) -> dict[tuple[str, str], str]:
    """What the ids in citations are here, by the name of their field."""
    found: dict[tuple[str, str], str] = {}
    for name, table in _CITED.items():
        ids = {one[name] for message in new for one in message.citations if is_id(one.get(name))}
        here = ids_here(connection, table, arrival.owners, ids)
        found |= {(name, archived): its.id for archived, its in here.items()}
    return found


def _cited_here(citation: Mapping[str, Any], cited: Mapping[tuple[str, str], str]) -> dict[str, Any]:  # Any: JSON
    return {
        name: cited.get((name, value), value) if isinstance(value, str) else value for name, value in citation.items()
    }
