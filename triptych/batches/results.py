"""What came of a batch's lines, in their order: as JSON Lines, or as a zip with what their jobs made.

Both are written page by page while they are sent. Of a batch that has not ended they hold the lines that have.
"""

import json
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from enum import StrEnum

from sqlalchemy import Connection, func, select

from triptych.batches.batch import Line
from triptych.batches.kinds import LINE_FORMS
from triptych.batches.line import BadLine, Ended, JsonObject
from triptych.batches.manifest import Manifest, ManifestForm
from triptych.batches.reading import lines_behind, owned_row
from triptych.batches.states import ENDED_LINES, Kind, LineState
from triptych.blobs import CHUNK_BYTES
from triptych.jobs.job import Job, StoredOutput
from triptych.jobs.reading import jobs_by_id
from triptych.jobs.tables import jobs, outputs
from triptych.memory.archive.export import TooManyContents
from triptych.memory.archive.zip_stream import ZipStream
from triptych.store import Store

PAGE_LINES = 100
MOST_OUTPUTS = 200_000  # of a zip, whose list of entries is held in memory until its end
NAME_CHARACTERS = 80
RESULTS = "results.jsonl"


class Only(StrEnum):
    """Which of the lines that have ended are told."""

    SUCCEEDED = "succeeded"
    ERRORS = "errors"  # failed, cancelled and invalid


def results_as_lines(store: Store, owner: str, batch_id: str, only: Only | None) -> Generator[bytes, None, None]:
    """A JSON object a line, as the batch's kind writes it; a page at a time. Raises UnknownBatch before the first."""
    for page in _pages(store, owner, batch_id, only):
        if page:
            yield b"".join(text for _, text in page)


def results_as_zip(store: Store, owner: str, batch_id: str, only: Only | None) -> Generator[bytes, None, None]:
    """A folder of outputs for each line, and ``results.jsonl`` at the end.

    Raises UnknownBatch, export.TooManyContents and blobs.NoDisk before the first byte.
    """
    with store.database.read() as connection:
        _check_outputs(connection, owner, batch_id)
    stream = ZipStream()
    with store.blobs.scratch() as told:
        for page in _pages(store, owner, batch_id, only):
            told.write(text for _, text in page)
            for ended, _ in page:
                yield from _outputs(store, stream, ended)
        yield from stream.deflated(RESULTS, told.read())
    yield from stream.end()


def _check_outputs(connection: Connection, owner: str, batch_id: str) -> None:
    row = owned_row(connection, owner, batch_id)
    made = select(func.count()).select_from(outputs).join(jobs, jobs.c.id == outputs.c.job_id)
    if connection.execute(made.where(jobs.c.batch_id == row.id)).scalar_one() > MOST_OUTPUTS:
        raise TooManyContents(
            f"a zip holds at most {MOST_OUTPUTS:,} outputs, and these are more: take them as JSON Lines"
        )


def _pages(store: Store, owner: str, batch_id: str, only: Only | None) -> Iterator[Sequence[tuple[Ended, bytes]]]:
    """The lines that have ended, with their results as they are told."""
    with store.database.read() as connection:
        batch = owned_row(connection, owner, batch_id)
    if batch.manifest_sha256 is None:
        return
    write = LINE_FORMS[Kind(batch.kind)].write
    with store.blobs.opened(batch.manifest_sha256) as file:
        manifest, after = Manifest(file, ManifestForm(batch.manifest_form), store.settings.json_bytes), 0
        while True:
            with store.database.read() as connection:
                page = lines_behind(connection, owner, batch_id, after, PAGE_LINES)
                wanted = [(line, place) for line, place in page if _is_wanted(line, only)]
                done = jobs_by_id(connection, [line.job_id for line, _ in wanted if line.job_id])
            if not page:
                return
            after = page[-1][0].number
            ended = [_ended(line, manifest, *place, done.get(line.job_id or "")) for line, place in wanted]
            yield [(one, _text(write(store, one))) for one in ended]


def _is_wanted(line: Line, only: Only | None) -> bool:
    if line.state not in ENDED_LINES:
        return False
    return only is None or (line.state is LineState.SUCCEEDED) is (only is Only.SUCCEEDED)


def _ended(line: Line, manifest: Manifest, offset: int, size_bytes: int, job: Job | None) -> Ended:
    try:
        asked: JsonObject | None = manifest.object_of(manifest.record_at(line.number, offset, size_bytes))
    except BadLine:
        asked = None  # which is what the line's own error tells
    return Ended(line.number, line.custom_id, line.state, asked, job, line.error)


def _text(told: JsonObject) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _outputs(store: Store, stream: ZipStream, ended: Ended) -> Iterator[bytes]:
    folder = f"{ended.number:06d}" + (f"-{_safe(ended.custom_id)}" if ended.custom_id else "")
    taken = set[str]()
    for number, output in enumerate(ended.job.outputs if ended.job else ()):
        name = _safe(output.name)
        name = f"{number}-{name}" if name.casefold() in taken else name
        taken.add(name.casefold())
        with closing(stream.stored(f"{folder}/{name}", _bytes_of(store, output))) as pieces:
            yield from pieces


def _bytes_of(store: Store, output: StoredOutput) -> Iterable[bytes]:
    with store.blobs.opened(output.sha256) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _safe(name: str) -> str:
    """A name that leads nowhere but to its folder, on any system."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-NAME_CHARACTERS:].strip(".")
    return kept or "_"
