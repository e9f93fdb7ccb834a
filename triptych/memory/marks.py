"""What people say of what is remembered: tags and collections of sources, pins of memories, and notes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from pipelines.house import MemoryKind, Modality
from triptych.ids import new_id
from triptych.memory.keeping import put_memories
from triptych.memory.reading import get_memory
from triptych.memory.tables import collection_sources, collections, memories, memory_sources, memory_tags
from triptych.memory.tagging import BadMark, as_tag, check_length, kept
from triptych.memory.values import Collection, StoredMemory, UnknownCollection, UnknownMemory, UnknownSource
from triptych.store import Store

MAX_TAGS = 100  # of one source
MAX_NAME_CHARACTERS = 128
MAX_NOTE_CHARACTERS = 20_000


class NameTaken(Exception):
    """The owner has another collection of this name; the message is the name."""


class MemoryMade(Exception):
    """The memory was made by a job and goes with that alone; the message is its id."""


def set_tags(store: Store, owner: str, source_id: str, tags: Sequence[str]) -> tuple[str, ...]:
    """Have the source bear these tags and no others; return them as they are kept. Raises UnknownSource, BadMark."""
    wanted = sorted({as_tag(tag) for tag in tags})
    if len(wanted) > MAX_TAGS:
        raise BadMark(f"a source has up to {MAX_TAGS} tags, not {len(wanted)}")
    with store.database.write() as connection:
        source = _source(connection, owner, source_id).number
        connection.execute(delete(memory_tags).where(memory_tags.c.source == source))
        if wanted:
            connection.execute(insert(memory_tags), [{"source": source, "tag": tag} for tag in wanted])
    return tuple(wanted)


def create_collection(store: Store, owner: str, name: str) -> Collection:
    """A new collection without sources. Raises BadMark, NameTaken."""
    new = Collection(new_id(), _name(name), store.clock())
    row = {"id": new.id, "owner": owner, "name": new.name, "created_at": new.created_at}
    with store.database.write() as connection:
        _unless_taken(connection, insert(collections).values(row), new.name)
    return new


def rename_collection(store: Store, owner: str, collection_id: str, name: str) -> None:
    """Raises UnknownCollection, BadMark, NameTaken."""
    renamed = update(collections).where(collections.c.id == kept(collection_id), collections.c.owner == owner)
    with store.database.write() as connection:
        _collection(connection, owner, collection_id)
        _unless_taken(connection, renamed.values(name=_name(name)), _name(name))


def delete_collection(store: Store, owner: str, collection_id: str) -> None:
    """Delete the collection; its sources stay. Raises UnknownCollection."""
    with store.database.write() as connection:
        _collection(connection, owner, collection_id)
        connection.execute(delete(collections).where(collections.c.id == collection_id))


def collect(store: Store, owner: str, collection_id: str, source_id: str) -> None:
    """Put the source into the collection, where it may be already. Raises UnknownCollection, UnknownSource."""
    with store.database.write() as connection:
        _collection(connection, owner, collection_id)
        row = {"collection_id": collection_id, "source": _source(connection, owner, source_id).number}
        dialect = postgresql if store.database.is_postgresql else sqlite
        new = dialect.insert(collection_sources).values(**row, added_at=store.clock())
        connection.execute(new.on_conflict_do_nothing())


def uncollect(store: Store, owner: str, collection_id: str, source_id: str) -> None:
    """Take the source out of the collection, where it need not be. Raises UnknownCollection, UnknownSource."""
    with store.database.write() as connection:
        _collection(connection, owner, collection_id)
        source = _source(connection, owner, source_id).number
        its = collection_sources.c.collection_id == collection_id, collection_sources.c.source == source
        connection.execute(delete(collection_sources).where(*its))


def list_collections(store: Store, owner: str) -> list[Collection]:
    """The owner's collections by name, each with how many sources it has."""
    count = select(func.count()).where(collection_sources.c.collection_id == collections.c.id).scalar_subquery()
    its = select(collections.c.id, collections.c.name, collections.c.created_at, count)
    with store.database.read() as connection:
        rows = connection.execute(its.where(collections.c.owner == owner).order_by(collections.c.name))
        return [Collection(*row) for row in rows]


def pin(store: Store, owner: str, memory_id: str) -> None:
    """Pin the memory; one that is pinned stays so since when it was. Raises UnknownMemory."""
    _set_pinned(store, owner, memory_id, func.coalesce(memories.c.pinned_at, store.clock()))


def unpin(store: Store, owner: str, memory_id: str) -> None:
    """Take the pin off the memory, which need not have one. Raises UnknownMemory."""
    _set_pinned(store, owner, memory_id, None)


def add_note(store: Store, owner: str, source_id: str, text: str, memory_id: str | None = None) -> StoredMemory:
    """Write a note at a source or, with ``memory_id``, at the place of one of its memories.

    It is found by its words at once, and by its meaning when its vector has been made (filling.py). Raises
    UnknownSource, UnknownMemory, BadMark.
    """
    with store.database.write() as connection:
        source = _source(connection, owner, source_id)
        at = _memory(connection, owner, memory_id) if memory_id is not None else None
        if at is not None and at.source != source.number:
            raise UnknownMemory(memory_id)
        row = {
            "id": new_id(),
            "owner": owner,
            "source": source.number,
            "kind": MemoryKind.NOTE,
            "modality": Modality.TEXT,
            "language": "",
            "text": _note(text),
            "place": at.place if at is not None else {},
            "position": at.position if at is not None else 0.0,
            "created_at": store.clock(),
        }
        put_memories(connection, [row])
    return get_memory(store, owner, str(row["id"])).memory


def edit_note(store: Store, owner: str, note_id: str, text: str) -> StoredMemory:
    """Have the note say ``text``; its vectors are made anew. Raises UnknownMemory, MemoryMade, BadMark."""
    with store.database.write() as connection:
        row = _own_note(connection, owner, note_id)
        connection.execute(delete(memories).where(memories.c.id == row.id))  # its words and vectors go along
        columns = {name: value for name, value in row._mapping.items() if name != "number"}
        put_memories(connection, [{**columns, "text": _note(text)}])
    return get_memory(store, owner, note_id).memory


def delete_note(store: Store, owner: str, note_id: str) -> None:
    """Raises UnknownMemory, or MemoryMade where it is no note."""
    with store.database.write() as connection:
        row = _own_note(connection, owner, note_id)
        connection.execute(delete(memories).where(memories.c.id == row.id))


def _set_pinned(store: Store, owner: str, memory_id: str, at: Any) -> None:  # Any: an expression, or None
    with store.database.write() as connection:
        its = memories.c.number == _memory(connection, owner, memory_id).number
        connection.execute(update(memories).where(its).values(pinned_at=at))


def _own_note(connection: Connection, owner: str, note_id: str) -> Row[Any]:
    row = _memory(connection, owner, note_id)
    if row.kind != MemoryKind.NOTE:
        raise MemoryMade(note_id)
    return row


def _memory(connection: Connection, owner: str, memory_id: str) -> Row[Any]:
    its = select(memories).where(memories.c.id == kept(memory_id), memories.c.owner == owner)
    row = connection.execute(its.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise UnknownMemory(memory_id)
    return row


def _source(connection: Connection, owner: str, source_id: str) -> Row[Any]:
    """The row of the source, which stays until the transaction ends."""
    its = select(memory_sources).where(memory_sources.c.id == kept(source_id), memory_sources.c.owner == owner)
    row = connection.execute(its.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise UnknownSource(source_id)
    return row


def _collection(connection: Connection, owner: str, collection_id: str) -> None:
    """Have the collection stay until the transaction ends. Raises UnknownCollection."""
    its = select(collections.c.id).where(collections.c.id == kept(collection_id), collections.c.owner == owner)
    if connection.execute(its.with_for_update(key_share=True)).one_or_none() is None:
        raise UnknownCollection(collection_id)


def _unless_taken(connection: Connection, statement: Any, name: str) -> None:  # Any: an insert or an update
    try:
        connection.execute(statement)
    except IntegrityError:
        raise NameTaken(name) from None


def _name(written: str) -> str:
    name = " ".join(kept(written).split())
    check_length("the name of a collection", name, MAX_NAME_CHARACTERS)
    return name


def _note(written: str) -> str:
    text = kept(written).strip()
    check_length("a note", text, MAX_NOTE_CHARACTERS)
    return text
