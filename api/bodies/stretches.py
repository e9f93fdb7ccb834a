"""Receiving a stretch of an upload: onto the disk as it comes, and noted once it is durable."""

from flask import request

from api.bodies.chunks import body_chunks
from api.offload import WriteBehind, offload
from api.problems import Refused
from api.room import owner, room
from triptych.pending.completing import complete
from triptych.pending.stretch import Checksum, Stretch, open_stretch
from triptych.pending.uploads import Pending, advance

NOTE_BYTES = 64 * 1024 * 1024  # of a long stretch: more is not lost when the process is killed


def received_stretch(upload_id: str, offset_bytes: int, checksum: Checksum | None) -> Pending:
    """Add the body to the upload of the one who asks, which becomes a file when it is whole.

    Where the connection breaks, what came stays, unless there is a checksum, which it cannot be held against. Raises
    Refused and TimeoutError for such, and as triptych.pending's ``open_stretch``, ``Stretch`` and ``complete`` do.
    """
    stretch = offload(open_stretch, room().store, owner(), upload_id, offset_bytes, checksum)
    behind = WriteBehind(stretch)
    try:
        upload = _received(stretch, behind, is_partial_kept=checksum is None)
        room().metrics.upload_bytes.inc(upload.offset_bytes - offset_bytes)
        return offload(complete, room().store, upload, stretch.digest) if upload.is_whole else upload
    finally:
        behind.discard()


def _received(stretch: Stretch, behind: WriteBehind[int], *, is_partial_kept: bool) -> Pending:
    received = noted = 0
    try:
        for chunk in body_chunks(request, stretch.left_bytes):
            behind.write(chunk)
            received += len(chunk)
            if is_partial_kept and received - noted >= NOTE_BYTES:
                noted = received
                _noted(stretch, behind)
    except (Refused, TimeoutError):
        if is_partial_kept:
            _noted(stretch, behind)
        raise
    return _noted(stretch, behind)


def _noted(stretch: Stretch, behind: WriteBehind[int]) -> Pending:
    upload = room().writer.change(advance, room().store, stretch.upload, behind.finish())
    stretch.keep_digest()
    return upload
