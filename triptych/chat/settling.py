"""The end of a reply: what its job wrote becomes the message's own, in the transaction that ends the job.

From there on the conversation needs the job no more: it may be deleted, and nothing that was said is lost.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pipelines.chat.reply import REPLY
from pipelines.contract import PartKind
from pipelines.engines.citing import cited_numbers
from triptych.chat.tables import messages
from triptych.jobs.states import JobState
from triptych.jobs.tables import checkpoints, jobs, parts


def is_reply(row: Row[Any]) -> bool:
    """Whether the job in ``row`` writes a reply."""
    return bool(row.pipeline == REPLY)


def settle_replies(connection: Connection, ended: Sequence[Row[Any]]) -> None:
    """Give the replies among the jobs that have ended just now their text, citations and outcome."""
    for row in ended:
        if is_reply(row):
            told = _written(connection, row.id) if row.state == JobState.SUCCEEDED else _broken_off(connection, row)
            connection.execute(update(messages).where(messages.c.job_id == row.id).values(**told))


def texts_so_far(connection: Connection, job_ids: Sequence[str]) -> dict[str, str]:
    """What the jobs have written so far, by id: in the newest attempt that wrote anything.

    Tokens of an attempt that failed stand until the next one begins to write.
    """
    wanted = (
        select(parts.c.job_id, parts.c.attempt, parts.c.body)
        .where(parts.c.job_id.in_(job_ids), parts.c.kind == PartKind.TOKEN)
        .order_by(parts.c.job_id, parts.c.attempt, parts.c.seq)
    )
    found: dict[str, dict[int, list[str]]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.job_id, {}).setdefault(row.attempt, []).append(row.body["text"])
    return {job_id: "".join(attempts[max(attempts)]) for job_id, attempts in found.items()}


def _written(connection: Connection, job_id: str) -> dict[str, Any]:  # Any: columns
    row = connection.execute(select(jobs.c.result, jobs.c.engine, jobs.c.warnings).where(jobs.c.id == job_id)).one()
    body = {"state": JobState.SUCCEEDED, "engine": row.engine, "warnings": row.warnings, "error": None}
    return {"text": row.result["answer"], "citations": row.result["citations"], "body": body}


def _broken_off(connection: Connection, row: Row[Any]) -> dict[str, Any]:  # Any: columns
    """What had come of a reply that failed or was stopped, with what it cites as far as it came."""
    text = texts_so_far(connection, [row.id]).get(row.id, "")
    body = {"state": row.state, "engine": None, "warnings": list(row.warnings), "error": row.error}
    return {"text": text, "citations": _cited(connection, row.id, text), "body": body}


def _cited(connection: Connection, job_id: str, text: str) -> list[Mapping[str, Any]]:  # Any: JSON
    """Those of the passages that the run saved before it began to write."""
    state = connection.execute(select(checkpoints.c.state).where(checkpoints.c.job_id == job_id)).scalar()
    numbers = set(cited_numbers(text))
    return [one for one in (state or {}).get("passages", ()) if one["number"] in numbers]
