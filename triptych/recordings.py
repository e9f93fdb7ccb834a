"""Recordings that are being made: rows before a byte comes, appended to a file that workers follow, whole in the end.

Whoever records prolongs it again and again. One that nobody prolongs any more, because the client or its server died,
is ended by the sweep with what had come until then (docs/adr/0012).
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import structlog
from sqlalchemy import bindparam, select, update

from pipelines.media.recording import BYTES_A_SAMPLE, RECORDING, wav_header
from triptych.blobs import CHUNK_BYTES, NoDisk, make_room
from triptych.files import GROWS, File, delete_file, files
from triptych.ids import new_id
from triptych.jobs.owner import JobFinished, UnknownJob, cancel, delete_job
from triptych.jobs.quotas import check_quota
from triptych.jobs.tables import job_inputs
from triptych.store import Store
from triptych.tapes import Tape, TapeTaken

log = structlog.get_logger()

WHOLE = "audio/wav"  # what becomes of one

_GROWING = select(files).where(GROWS, files.c.id == bindparam("file"))
_ABANDONED = select(files.c.owner, files.c.id).where(GROWS, files.c.grows_until < bindparam("now"))
_PROLONG = (
    update(files)
    .where(GROWS, files.c.id == bindparam("file"))
    .values(size_bytes=bindparam("size"), grows_until=bindparam("until"))
)
_USERS = select(job_inputs.c.job_id).where(job_inputs.c.file_id == bindparam("file"))


class RecordingEnded(Exception):
    """Nothing more can be appended to the recording; the message is its id."""


class NothingRecorded(Exception):
    """Not one sample came; the message is the recording's id."""


def begin(store: Store, owner: str, name: str, for_s: float) -> File:
    """An empty recording, over in ``for_s`` seconds unless it is prolonged; its row is its job's to bring.

    Raises NoDisk.
    """
    now = store.clock()
    file = File(new_id(), owner, name, RECORDING, 0, "", now, grows_until=now + for_s)
    path = store.blobs.growing(file.id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_room(path.parent)
        path.touch(mode=0o600)
    except OSError as error:
        raise NoDisk(str(error)) from error
    return file


def prolong(store: Store, owner: str, file_id: str, size_bytes: int, for_s: float) -> None:
    """Note that the recording has so many bytes, and may go on for as long. Raises RecordingEnded and QuotaExceeded."""
    with store.database.write() as connection:
        row = connection.execute(_GROWING, {"file": file_id}).one_or_none()
        if row is None:
            raise RecordingEnded(file_id)
        check_quota(connection, store.settings, owner, 0, max(size_bytes - row.size_bytes, 0))
        until = store.clock() + for_s
        connection.execute(_PROLONG, {"file": file_id, "size": size_bytes, "until": until})


def still_grows(store: Store, file_id: str) -> bool:
    """Whether more may come."""
    with store.database.read() as connection:
        return connection.execute(_GROWING, {"file": file_id}).first() is not None


def keep(store: Store, file_id: str) -> File:
    """End a recording, whose tape the caller holds: what has come is a WAV file from now on.

    It is copied rather than moved, since workers may be about to open what lies there; the garbage collection removes
    that. Raises NothingRecorded, RecordingEnded, and NoDisk.
    """
    with store.database.read() as connection:
        row = connection.execute(_GROWING, {"file": file_id}).one_or_none()
    if row is None:
        raise RecordingEnded(file_id)
    path = store.blobs.growing(file_id)
    size_bytes = path.stat().st_size // BYTES_A_SAMPLE * BYTES_A_SAMPLE
    if not size_bytes:
        raise NothingRecorded(file_id)
    header = wav_header(size_bytes)
    draft = store.blobs.receive(_chunks(path, header, size_bytes), len(header) + size_bytes)
    blob = store.blobs.keep(draft)
    whole = {"media_type": WHOLE, "size_bytes": blob.size_bytes, "sha256": blob.sha256, "grows_until": None}
    with store.database.write() as connection:
        connection.execute(update(files).where(files.c.id == file_id).values(whole))
    return File(row.id, row.owner, row.name, WHOLE, blob.size_bytes, blob.sha256, row.created_at)


def forget(store: Store, owner: str, file_id: str) -> None:
    """Remove a recording in which there is nothing, with its jobs."""
    with store.database.read() as connection:
        users: Sequence[str] = connection.execute(_USERS, {"file": file_id}).scalars().all()
    for job_id in users:
        try:
            cancel(store, owner, job_id)
        except JobFinished:
            pass  # it failed, or was cancelled by its owner
        except UnknownJob:
            continue  # its owner was faster
        delete_job(store, owner, job_id, with_inputs=True)
    if not users:
        with store.database.write() as connection:
            delete_file(connection, owner, file_id)


def keep_abandoned(store: Store) -> None:
    """End the recordings that nobody prolongs any more, but for those whose tape somebody holds."""
    with store.database.read() as connection:
        abandoned = connection.execute(_ABANDONED, {"now": store.clock()}).all()
    for row in abandoned:
        try:
            with closing(Tape(store.blobs.growing(row.id))):
                keep(store, row.id)
            log.warning("ended a recording that nobody went on with", file_id=row.id)
        except NothingRecorded:
            forget(store, row.owner, row.id)
        except (TapeTaken, RecordingEnded):
            pass  # whoever makes it is only late
        except (NoDisk, OSError) as error:
            log.warning("a recording could not be ended: it is tried again", file_id=row.id, error=str(error))


def _chunks(path: Path, header: bytes, size_bytes: int) -> Iterator[bytes]:
    yield header
    with path.open("rb") as file:
        while chunk := file.read(min(CHUNK_BYTES, size_bytes)):
            size_bytes -= len(chunk)
            yield chunk
