"""The memory: what jobs heard, saw and read, found again, and what its owner says of it."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypedDict, Unpack

from triptych.client import downloads
from triptych.client.paths import at
from triptych.client.records.job import Job
from triptych.client.records.memory import Imported, Memory, MemoryDetail, MemoryHits, MemoryStatus
from triptych.client.sources import OnSent, Source, stretch_of, unwatched
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/memory"


class Among(TypedDict, total=False):
    """Among which memories to look; of several of one kind any will do. Times, of their sources, are ISO 8601."""

    modality: Sequence[str]
    kind: Sequence[str]
    language: Sequence[str]
    tag: Sequence[str]
    collection: str | None
    source: Sequence[str]
    since: str | None
    until: str | None
    pinned: bool


class Memories:
    """What was remembered. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def search(
        self,
        text: str = "",
        *,
        file_id: str | None = None,
        picture: Source | None = None,
        limit: int = 20,
        offset: int = 0,
        **among: Unpack[Among],
    ) -> MemoryHits:
        """What fits ``text`` by its words and what it means, best first, or a stored picture, or one that goes along.

        Without any of them the newest are told.
        """
        asked = {"limit": limit, "offset": offset, **_given(among)}
        path = f"{ROOT}/search"
        if picture is None:
            named = {"text": text, **({"file_id": file_id} if file_id else {})}
            return self._transport.tell(MemoryHits, Ask("POST", path, json={**asked, **named}, repeatable=True))
        fields, along = {"text": text, "filter": json.dumps(asked)}, (("file", picture),)
        return self._transport.tell(MemoryHits, Ask("POST", path, fields=fields, files=along, repeatable=True))

    def similar(self, memory_id: str, *, limit: int = 20, **among: Unpack[Among]) -> MemoryHits:
        """What is like a memory, best first."""
        query = {name: "true" if value is True else value for name, value in _given(among).items()}
        path = at(ROOT, memory_id, "similar")
        return self._transport.tell(MemoryHits, Ask("GET", path, query={**query, "limit": limit}))

    def get(self, memory_id: str) -> MemoryDetail:
        """A memory among its neighbours, with the notes that were written at it."""
        return self._transport.tell(MemoryDetail, Ask("GET", at(ROOT, memory_id)))

    def forget(self, memory_id: str) -> None:
        """Remove a memory, or a note."""
        self._transport.send(Ask("DELETE", at(ROOT, memory_id)))

    def pin(self, memory_id: str) -> None:
        """Pin it: retention leaves its source alone."""
        self._transport.send(Ask("PUT", at(ROOT, memory_id, "pin"), repeatable=True))

    def unpin(self, memory_id: str) -> None:
        """Pin it no longer."""
        self._transport.send(Ask("DELETE", at(ROOT, memory_id, "pin")))

    def note(self, source_id: str, text: str, *, at_memory: str | None = None) -> Memory:
        """Write a note on a source, or at the place of one of its memories."""
        asked = {"source_id": source_id, "text": text, "memory_id": at_memory}
        return self._transport.tell(Memory, Ask("POST", f"{ROOT}/notes", json=asked))

    def change_note(self, memory_id: str, text: str) -> Memory:
        """Have a note say something else."""
        return self._transport.tell(Memory, Ask("PATCH", at(ROOT, "notes", memory_id), json={"text": text}))

    def status(self) -> MemoryStatus:
        """How much is remembered, and how it can be found."""
        return self._transport.tell(MemoryStatus, Ask("GET", f"{ROOT}/status"))

    def map(self) -> Job | None:
        """The job that drew the newest map, or is drawing it; None where none was asked for."""
        return self._transport.tell_if_any(Job, Ask("GET", f"{ROOT}/map"))

    def draw_map(self, params: Mapping[str, Any] | None = None) -> Job:  # Any: JSON, here and in the next
        """Have a map drawn by a job; its output ``map.json`` has the points. ``params`` are those of ``memory.map``."""
        return self._transport.tell(Job, Ask("POST", f"{ROOT}/map", json=dict(params or {})))

    def reindex(self, params: Mapping[str, Any] | None = None) -> Job:
        """Have vectors of another model made, by a job; ``params`` are those of ``memory.reindex``."""
        return self._transport.tell(Job, Ask("POST", f"{ROOT}/reindex", json=dict(params or {})))

    def export(self, path: Path) -> int:
        """Fetch everything of the caller's as one archive to ``path``, which holds all of it or does not change."""
        return downloads.fetch_file(self._transport, f"{ROOT}/export", path)

    def copy_export(self, to: BinaryIO) -> int:
        """Write that archive into ``to`` as it is made; tells how many bytes that was."""
        return downloads.fetch(self._transport, f"{ROOT}/export", to)

    def bring(self, archive: Source, on_sent: OnSent = unwatched) -> Imported:
        """Take an archive in, all of it or nothing; what is here already is left as it is."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(archive.size_bytes)}
        return self._transport.tell(
            Imported,
            Ask(
                "POST",
                f"{ROOT}/import",
                body=partial(stretch_of, archive, 0, archive.size_bytes, on_sent),
                headers=headers,
            ),
        )


def _given(among: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in among.items() if value}
