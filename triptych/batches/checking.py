"""Checking lines against what the house knows: the owner's files, what came with the batch, names that stand twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from sqlalchemy import Connection, Row, select

from pipelines.errors import BadInput
from triptych.batches.kinds import LINE_FORMS
from triptych.batches.line import Asked, BadLine, Inline, JsonObject, Member, Source, Stored
from triptych.batches.manifest import Manifest, Record
from triptych.batches.own_lines import CUSTOM_ID_CHARACTERS
from triptych.batches.states import Kind
from triptych.batches.tables import batch_lines, batch_members
from triptych.files import File, files
from triptych.store import Store
from triptych.uploads import Upload, examine


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of a manifest: what it asks for, or why that cannot be done; ``size_bytes`` is what it works on.

    ``custom_id`` is that by which its owner knows it, unless an earlier line is called so.
    """

    record: Record
    asked: Asked | None = None
    error: BadLine | None = None
    size_bytes: int = 0
    custom_id: str | None = None

    @property
    def brings(self) -> bool:
        """Whether bytes stand in the line itself."""
        return self.asked is not None and any(isinstance(source, Inline) for source in self.asked.sources)

    def refused(self, code: str, message: str) -> Self:
        """The same line, which cannot be done."""
        return replace(self, error=BadLine(code, message), size_bytes=0)


@dataclass(frozen=True, slots=True)
class Known:
    """The files that some lines name: the owner's by id, and those that came with the batch by path."""

    stored: Mapping[str, File] = field(default_factory=dict)
    members: Mapping[str, File | BadLine] = field(default_factory=dict)

    def find(self, source: Stored | Member) -> File:
        """The file that is meant. Raises BadLine."""
        if isinstance(source, Stored):
            if (file := self.stored.get(source.file_id)) is None:
                raise BadLine("not_found", f"file: there is no file {source.file_id}")
            return file
        came = self.members.get(source.path)
        if came is None:
            raise BadLine("not_found", f"path: nothing called {source.path[:200]!r} came with the batch")
        if isinstance(came, BadLine):
            raise came
        return came


def parse_line(row: Row[Any], manifest: Manifest, record: Record) -> Checked:
    """What a line of the batch in ``row`` asks for, as far as it tells that itself."""
    said: JsonObject = {}
    try:
        said = manifest.object_of(record)
        asked = LINE_FORMS[Kind(row.kind)].read(said, row.asked)
    except BadLine as error:
        return Checked(record, error=error, custom_id=_custom_id_of(said))
    return Checked(record, asked, custom_id=asked.custom_id)


def _custom_id_of(said: JsonObject) -> str | None:
    """What a line is called that cannot be read as a whole."""
    custom_id = said.get("custom_id")
    return custom_id if isinstance(custom_id, str) and 0 < len(custom_id) <= CUSTOM_ID_CHARACTERS else None


def check_lines(store: Store, connection: Connection, row: Row[Any], lines: Sequence[Checked]) -> list[Checked]:
    """The lines, in order, those refused that cannot be done by what the house knows."""
    known = look(connection, row, (source for line in lines for source in sources_of(line)))
    taken = _taken(connection, row.id, [line.custom_id for line in lines if line.custom_id is not None])
    return [_check(store, row.owner, line, known, taken) for line in lines]


def look(connection: Connection, row: Row[Any], sources: Iterable[Source], *, held: bool = False) -> Known:
    """The files of ``sources`` that are there; ``held``: nobody deletes them before the transaction ends."""
    named = list(sources)
    ids = sorted({source.file_id for source in named if isinstance(source, Stored)})
    paths = sorted({source.path for source in named if isinstance(source, Member)})
    stored = select(files).where(files.c.id.in_(ids), files.c.owner == row.owner).order_by(files.c.id)
    if held:
        stored = stored.with_for_update(read=True, key_share=True)
    return Known(
        {row.id: File(*row) for row in connection.execute(stored)} if ids else {},
        _members(connection, row.id, paths) if paths else {},
    )


def _members(connection: Connection, batch_id: str, paths: Sequence[str]) -> dict[str, File | BadLine]:
    came = (
        select(batch_members.c.path, batch_members.c.error, *files.c)
        .outerjoin(files, files.c.id == batch_members.c.file_id)
        .where(batch_members.c.batch_id == batch_id, batch_members.c.path.in_(paths))
    )
    return {
        path: File(*columns) if error is None else BadLine(error["code"], error["message"])
        for path, error, *columns in connection.execute(came)
    }


def sources_of(line: Checked) -> Sequence[Source]:
    """What a line works on, where it can be read."""
    return line.asked.sources if line.asked else ()


def _taken(connection: Connection, batch_id: str, custom_ids: Sequence[str]) -> set[str]:
    its = (batch_lines.c.batch_id == batch_id, batch_lines.c.custom_id.in_(custom_ids))
    return set(connection.execute(select(batch_lines.c.custom_id).where(*its)).scalars()) if custom_ids else set()


def _check(store: Store, owner: str, line: Checked, known: Known, taken: set[str]) -> Checked:
    """One line; its custom id is taken from here on."""
    if line.custom_id in taken:
        message = f"custom_id: an earlier line has {line.custom_id!r} too"
        return replace(line.refused("duplicate_custom_id", message), custom_id=None)
    if line.custom_id is not None:
        taken.add(line.custom_id)
    if line.asked is None:
        return line
    try:
        sizes = [_check_source(store, owner, source, line.asked, known) for source in line.asked.sources]
    except (BadLine, BadInput) as error:
        return line.refused(error.code, str(error))
    return replace(line, size_bytes=sum(sizes))


def _check_source(store: Store, owner: str, source: Source, asked: Asked, known: Known) -> int:
    """How many bytes it has. Raises BadLine and BadInput."""
    if isinstance(source, Inline):
        media_type, size_bytes = source.media_type or _sniffed(store, owner, source), len(source.content)
    else:
        file = known.find(source)
        if file.grows_until is not None:
            raise BadLine("still_recording", f"{file.name!r} is still being recorded")
        media_type, size_bytes = file.media_type, file.size_bytes
    if not asked.pipeline.takes(media_type):
        accepts = ", ".join(asked.pipeline.accepts)
        raise BadLine("wrong_media", f"{asked.pipeline.name} takes {accepts}, not {media_type}")
    return size_bytes


def _sniffed(store: Store, owner: str, source: Inline) -> str:
    draft = store.blobs.receive([source.content], len(source.content))
    try:
        return examine(store, owner, Upload(source.name, draft)).media_type
    finally:
        draft.discard()
