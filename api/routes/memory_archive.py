"""Everything that somebody has as one archive: sent while it is written, and taken in."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.received import received_file
from api.offload import offload
from api.problems import Refused
from api.room import owner, room
from api.routes.documented import FILE_BODY, body, content, json_of, problems
from api.schemas.memory import Imported
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.export import export_archive
from triptych.memory.archive.turns import ImportUnderWay, turn

routes = APIBlueprint("memory_archive", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])

ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
AGAIN_S = 30  # after which an archive may have been sent, or taken, to its end
PIECE_BYTES = 64 * 1024  # sent at once
STALLED_S = 60.0  # that such a piece may take: who takes no more than that has gone


@routes.get("/export", responses={200: content("The archive", ZIP), **problems("too_large", "too_many_clients")})
def export() -> Response:
    """Send everything of the caller's as one archive. One that breaks off has no manifest, and is refused."""
    exports, whose = room().exports, owner()
    if not exports.take(whose):
        words = "as many archives are being sent as may be, yours or others': ask again in a while"
        raise Refused(503, "too_many_clients", words, again_s=AGAIN_S)
    try:
        chunks = export_archive(room().store, whose)
        first = offload(next, chunks, b"")  # whatever is wrong is told before anything is sent
    except BaseException:
        exports.give_back(whose)
        raise
    if (connection := request.environ.get("gunicorn.socket")) is not None:
        connection.settimeout(STALLED_S)
    name = f"triptych-{datetime.fromtimestamp(room().store.clock(), UTC):%Y-%m-%d}.zip"
    response = Response(_sent(first, chunks), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.call_on_close(chunks.close)  # whoever hangs up ends the reading too
    response.call_on_close(lambda: exports.give_back(whose))
    return response


@routes.post(
    "/import",
    request_body=body(form="FileForm", raw="bytes"),
    responses={200: json_of(Imported), **problems(*FILE_BODY, "bad_archive", "quota_exceeded", "importing")},
)
def bring() -> Response:
    """Take an archive in, all of it or nothing; what is here already is left as it is."""
    with _turn(), received_file() as file:
        room().metrics.upload_bytes.inc(file.draft.blob.size_bytes)
        came = offload(import_archive, room().store, owner(), file.draft.path)
    return answer(
        Imported(
            files=came.files,
            jobs=came.jobs,
            memories=came.memories,
            conversations=came.conversations,
            skipped=came.skipped,
            warnings=list(came.warnings),
        )
    )


@contextmanager
def _turn() -> Iterator[None]:
    """Hold the caller's turn for the block; who comes meanwhile is told so before anything of the body is taken."""
    try:
        with turn(room().store, owner()):
            yield
    except ImportUnderWay:
        words = "an archive of yours is being brought in: ask again in a while"
        raise Refused(503, "importing", words, again_s=AGAIN_S) from None


def _sent(first: bytes, chunks: Generator[bytes, None, None]) -> Iterator[bytes]:
    chunk = first
    while chunk:
        for begin in range(0, len(chunk), PIECE_BYTES):
            yield chunk[begin : begin + PIECE_BYTES]
        chunk = offload(next, chunks, b"")
