"""Archives for tests: somebody's memory with all that belongs to it, written out, changed, and read again."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import insert, select, update

from pipelines.dialogue.evidence import Evidence
from pipelines.house import Memory, MemoryKind, Modality
from support.remembering import PICTURES, a_kept_file, passage, remember, vector
from support.running import make_output, make_part
from support.work import OWNER, a_claim, a_job, succeed
from triptych.chat.tables import conversations, message_files, messages
from triptych.chat.values import ConversationSettings
from triptych.files import File, add_files
from triptych.ids import new_id
from triptych.jobs.job import Job
from triptych.memory.archive.export import export_archive
from triptych.memory.tables import collection_sources, collections, memories, memory_sources, memory_tags
from triptych.store import Store
from triptych.uploads import Text, text_file

HARBOUR, BEES = "the ships sail out of the harbour", "bees live in large colonies"


def a_full_memory(store: Store, tmp_path: Path, owner: str = OWNER) -> tuple[File, Job]:
    """A file and a job with a part and an output, their memories with a tag, a pin and a collection, and a talk."""
    file = a_kept_file(store, owner)
    job = a_job(store, owner, inputs=[file])
    claimed = a_claim(store, job)
    make_part(store, claimed, 1, "ships")
    (tmp_path / "made.txt").write_text("what was made")
    make_output(store, claimed, tmp_path / "made.txt", "made.txt", "text/plain")
    succeed(store, claimed)
    seen = Memory(MemoryKind.PICTURE, Modality.IMAGE, "port", {}, 9.0, vectors=[vector(0, 0, 1, space=PICTURES)])
    remember(store, passage(HARBOUR, 0, vector(1, 0, 0)), seen, owner=owner, job=job, file=file)
    remember(store, passage(BEES, 40, vector(0, 1, 0)), owner=owner, job=job, file=file)
    _mark(store, owner)
    _talk(store, owner, file, job)
    return file, job


def a_short_text(store: Store, words: bytes = b"a few words", owner: str = OWNER) -> File:
    """A text whose bytes lie in the database."""
    file = text_file(store, owner, Text("few.txt", words))
    with store.database.write() as connection:
        add_files(connection, [file], {file.id: words})
    return file


def _mark(store: Store, owner: str) -> None:
    with store.database.write() as connection:
        source = connection.execute(select(memory_sources).where(memory_sources.c.owner == owner)).one()
        connection.execute(insert(memory_tags), {"source": source.number, "tag": "harbours"})
        kept = {"id": new_id(), "owner": owner, "name": "Sea", "created_at": 5.0}
        connection.execute(insert(collections), kept)
        held = {"collection_id": kept["id"], "source": source.number, "added_at": 6.0}
        connection.execute(insert(collection_sources), held)
        connection.execute(update(memories).where(memories.c.text == HARBOUR).values(pinned_at=7.0))


def _talk(store: Store, owner: str, file: File, job: Job) -> None:
    talk, asked, reply = (new_id() for _ in range(3))
    told = {"citations": [], "body": {}, "created_at": 8.0, "conversation_id": talk, "job_id": None}
    with store.database.write() as connection:
        row = {"id": talk, "owner": owner, "title": "Ships", "title_by": "auto"}
        row |= {"settings": ConversationSettings().told()}
        row |= {"summary": "", "summary_upto": None, "created_at": 8.0, "updated_at": 9.0}
        connection.execute(insert(conversations), row)
        place = {"start": 0, "end": len(HARBOUR)}
        evidence = Evidence(
            HARBOUR, file.name, MemoryKind.PASSAGE, Modality.TEXT, place, file_id=file.id, job_id=job.id
        )
        body = {"state": "succeeded", "engine": {"name": "abacus", "model": "wooden", "version": "1"}}
        body |= {"warnings": [], "error": None}
        of_asked = told | {"id": asked, "parent_id": None, "role": "user", "text": "what sails?"}
        of_reply = told | {"id": reply, "parent_id": asked, "role": "assistant", "text": "ships", "job_id": job.id}
        connection.execute(insert(messages), [of_asked, of_reply | {"citations": [evidence.told(1)], "body": body}])
        attached = {
            "message_id": asked,
            "ordinal": 0,
            "file_id": file.id,
            "name": file.name,
            "media_type": "text/plain",
        }
        connection.execute(insert(message_files), attached)


def exported(store: Store, path: Path, owner: str = OWNER) -> Path:
    """The archive of everything that ``owner`` has, at ``path``."""
    with path.open("wb") as file:
        for chunk in export_archive(store, owner):
            file.write(chunk)
    return path


def lines_of(archive: Path, name: str) -> list[dict[str, Any]]:  # Any: JSON
    """The lines of an entry."""
    with ZipFile(archive) as file:
        return [json.loads(line) for line in file.read(name).splitlines()]


def rewritten(archive: Path, changes: Mapping[str, bytes | None]) -> Path:
    """The same archive with other entries, or without those that are None; its manifest fits what it then holds."""
    import hashlib

    with ZipFile(archive) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    entries |= {name: content for name, content in changes.items() if content is not None}
    entries = {name: content for name, content in entries.items() if changes.get(name, b"") is not None}
    for name, content in entries.items():
        if name in manifest["entries"]:
            manifest["entries"][name] = {"lines": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["contents"] = sum(name.startswith("contents/") for name in entries)
    entries.setdefault("manifest.json", json.dumps(manifest).encode())
    if changes.get("manifest.json", b"") is None:
        del entries["manifest.json"]
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as file:
        for name, content in sorted(entries.items(), key=lambda entry: entry[0] == "manifest.json"):
            file.writestr(name, content, ZIP_STORED if name.startswith("contents/") else ZIP_DEFLATED)
    archive.write_bytes(buffer.getvalue())
    return archive
