"""What of the database goes into an archive, as records in the order in which they can be read again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import Column, Connection, Row, Select, exists, func, or_, select, union

from pipelines.house import MemoryKind
from triptych.chat.tables import conversations, message_files, messages
from triptych.chat.values import Role
from triptych.files import contents, files
from triptych.jobs.states import FINAL
from triptych.jobs.tables import job_inputs, jobs, outputs, parts
from triptych.memory.archive import records, shapes
from triptych.memory.archive.records import Record
from triptych.memory.archive.vector_rows import vectors
from triptych.memory.tables import collection_sources, collections, memories, memory_makers, memory_sources, memory_tags

log = structlog.get_logger()
AT_A_TIME = 300
JOBS_AT_A_TIME = 30  # whose results may be long

_GROWS = select(files.c.id).where(files.c.grows_until.is_not(None))
_IS_WHOLE = (
    jobs.c.state.in_(sorted(FINAL)),
    jobs.c.finished_at.is_not(None),
    ~exists().where(job_inputs.c.job_id == jobs.c.id, job_inputs.c.file_id.in_(_GROWS)),
)
_WHOLE_JOBS = select(jobs.c.id).where(*_IS_WHOLE)
_IS_OF_WHOLE = or_(memory_sources.c.file_id.not_in(_GROWS), memory_sources.c.job_id.in_(_WHOLE_JOBS))
_MADE = exists().where(memory_makers.c.memory == memories.c.number, memory_makers.c.job_id.in_(_WHOLE_JOBS))


def _pages(
    connection: Connection, statement: Select[Any], key: Column[Any], at_a_time: int = AT_A_TIME
) -> Iterator[Sequence[Row[Any]]]:
    """The rows in pages, in the order of ``key``, which is among them: nothing else holds more than a page."""
    page = connection.execute(statement.order_by(key).limit(at_a_time)).all()
    while page:
        yield page
        after = page[-1]._mapping[key.name]
        page = connection.execute(statement.where(key > after).order_by(key).limit(at_a_time)).all()


def _files(connection: Connection, owner: str) -> Iterator[Record]:
    owned = select(files).where(files.c.owner == owner, files.c.grows_until.is_(None))
    for page in _pages(connection, owned, files.c.id):
        for row in page:
            yield _record(records.FileRecord, _columns(row, records.FileRecord))


def _jobs(connection: Connection, owner: str) -> Iterator[Record]:
    owned = select(jobs).where(jobs.c.owner == owner, *_IS_WHOLE)
    for page in _pages(connection, owned, jobs.c.id, JOBS_AT_A_TIME):
        ids = [row.id for row in page]
        inputs = _by_job(connection, select(job_inputs).order_by(job_inputs.c.ordinal), job_inputs.c.job_id, ids)
        made = _by_job(connection, select(outputs).order_by(outputs.c.ordinal), outputs.c.job_id, ids)
        for row in page:
            its_outputs = [
                _record(records.OutputRecord, _columns(output, records.OutputRecord))
                for output in made.get(row.id, ())
                if output.attempt == row.attempt
            ]
            told = _columns(row, records.JobRecord, but=("inputs", "outputs"))
            told |= {"inputs": [one.file_id for one in inputs.get(row.id, ())], "outputs": its_outputs}
            yield _record(records.JobRecord, told)


def _parts(connection: Connection, owner: str) -> Iterator[Record]:
    for page in _pages(
        connection, select(jobs.c.id, jobs.c.attempt).where(jobs.c.owner == owner, *_IS_WHOLE), jobs.c.id
    ):
        for job in page:
            its = select(parts).where(parts.c.job_id == job.id, parts.c.attempt == job.attempt)
            for part_page in _pages(connection, its, parts.c.seq):
                for row in part_page:
                    yield _record(records.PartRecord, _columns(row, records.PartRecord))


def _collections(connection: Connection, owner: str) -> Iterator[Record]:
    for page in _pages(connection, select(collections).where(collections.c.owner == owner), collections.c.id):
        for row in page:
            yield _record(records.CollectionRecord, _columns(row, records.CollectionRecord))


def _sources(connection: Connection, owner: str) -> Iterator[Record]:
    owned = select(memory_sources).where(memory_sources.c.owner == owner, _IS_OF_WHOLE)
    for page in _pages(connection, owned, memory_sources.c.number):
        numbers = [row.number for row in page]
        tags = _grouped(connection, memory_tags.c.source, memory_tags.c.tag, numbers)
        its = _grouped(connection, collection_sources.c.source, collection_sources.c.collection_id, numbers)
        for row in page:
            told = _columns(row, records.SourceRecord, but=("tags", "collections"))
            told |= {"tags": tags.get(row.number, []), "collections": its.get(row.number, [])}
            yield _record(records.SourceRecord, told)


def _memories(connection: Connection, owner: str) -> Iterator[Record]:
    columns = (*(column for column in memories.c if column.name != "source"), memory_sources.c.id.label("source"))
    owned = (
        select(*columns)
        .join(memory_sources, memory_sources.c.number == memories.c.source)
        .where(memories.c.owner == owner, _IS_OF_WHOLE, or_(_MADE, memories.c.kind == MemoryKind.NOTE))
    )
    for page in _pages(connection, owned, memories.c.number):
        of_page = memory_makers.c.memory.in_([row.number for row in page])
        made = select(memory_makers).where(of_page, memory_makers.c.job_id.in_(_WHOLE_JOBS))
        makers: dict[int, list[records.MakerRecord]] = {}
        for row in connection.execute(made.order_by(memory_makers.c.job_id)):
            makers.setdefault(row.memory, []).append(records.MakerRecord(job_id=row.job_id, attempt=row.attempt))
        for row in page:
            told = _columns(row, records.MemoryRecord, but=("makers",))
            yield _record(records.MemoryRecord, told | {"makers": makers.get(row.number, [])})


def _conversations(connection: Connection, owner: str) -> Iterator[Record]:
    owned = select(conversations).where(conversations.c.owner == owner)
    for page in _pages(connection, owned, conversations.c.id):
        for row in page:
            yield _record(records.ConversationRecord, _columns(row, records.ConversationRecord))


def _messages(connection: Connection, owner: str) -> Iterator[Record]:
    owned = select(messages).where(
        messages.c.conversation_id.in_(select(conversations.c.id).where(conversations.c.owner == owner))
    )
    whole = select(jobs.c.id).where(jobs.c.owner == owner, *_IS_WHOLE)
    for page in _pages(connection, owned, messages.c.id):
        ids = [row.id for row in page]
        attached = select(message_files).where(message_files.c.message_id.in_(ids)).order_by(message_files.c.ordinal)
        its: dict[str, list[Record]] = {}
        for row in connection.execute(attached):
            one = _record(records.MessageFileRecord, _columns(row, records.MessageFileRecord))
            its.setdefault(row.message_id, []).append(one)
        known = set(connection.execute(whole.where(jobs.c.id.in_([row.job_id for row in page]))).scalars())
        for row in page:
            if row.role == Role.ASSISTANT and not row.body:
                continue  # it is being written, and nothing can follow it yet
            told = _columns(row, records.MessageRecord, but=("files", "job_id"))
            job_id = row.job_id if row.job_id in known else None
            yield _record(records.MessageRecord, told | {"job_id": job_id, "files": its.get(row.id, [])})


LINES: Mapping[str, Callable[[Connection, str], Iterator[Record]]] = {
    "files.jsonl": _files,
    "jobs.jsonl": _jobs,
    "parts.jsonl": _parts,
    "collections.jsonl": _collections,
    "sources.jsonl": _sources,
    "memories.jsonl": _memories,
    "vectors.jsonl": vectors,
    "conversations.jsonl": _conversations,
    "messages.jsonl": _messages,
}


def hashes(connection: Connection, owner: str) -> Iterator[str]:
    """The SHA-256 of every content that the owner's files and finished jobs have, each once."""
    after = ""
    while page := connection.execute(_hashes(owner, after).order_by("sha256").limit(AT_A_TIME)).scalars().all():
        yield from page
        after = page[-1]


def count_of_hashes(connection: Connection, owner: str) -> int:
    """How many there are."""
    return int(connection.execute(select(func.count()).select_from(_hashes(owner, "").subquery())).scalar_one())


def short_text(connection: Connection, sha256: str) -> bytes | None:
    """The bytes of a text that lies in the database (docs/adr/0007); None where none has this hash."""
    found = select(contents.c.content).join(files, files.c.id == contents.c.file_id).where(files.c.sha256 == sha256)
    return connection.execute(found.limit(1)).scalar()


def _hashes(owner: str, after: str) -> Any:  # Any: a union has no narrower type that both callers' calls are in
    whole = files.c.grows_until.is_(None)
    of_files = select(files.c.sha256).where(files.c.owner == owner, whole, files.c.sha256 > after)
    made = (
        select(outputs.c.sha256)
        .join(jobs, (jobs.c.id == outputs.c.job_id) & (jobs.c.attempt == outputs.c.attempt))
        .where(jobs.c.owner == owner, *_IS_WHOLE, outputs.c.sha256 > after)
    )
    return union(of_files, made)


def _record(kind: type[Record], told: dict[str, Any]) -> Record:  # Any: columns
    """The row as a record, and as it is where the house would not take it back: it is its owner's all the same."""
    try:
        return kind(**told)
    except ValidationError as error:
        log.warning("export_odd_row", record=kind.__name__, id=told.get("id"), error=shapes.told(error))
        return kind.model_construct(**told)


def _columns(row: Row[Any], kind: type[Record], but: Sequence[str] = ()) -> dict[str, Any]:  # Any: columns
    return {name: row._mapping[name] for name in kind.model_fields if name not in but}


def _by_job(
    connection: Connection, statement: Select[Any], job: Column[Any], ids: Sequence[str]
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(statement.where(job.in_(ids))):
        found.setdefault(row.job_id, []).append(row)
    return found


def _grouped(
    connection: Connection, key: Column[Any], value: Column[Any], numbers: Sequence[int]
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, one in connection.execute(select(key, value).where(key.in_(numbers)).order_by(key, value)):
        found.setdefault(number, []).append(one)
    return found
