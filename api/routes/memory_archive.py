"""Everything that somebody has as one archive: sent while it is written, and taken in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.received import received_file
from api.offload import offload
from api.problems import Refused
from api.room import owner, room
from api.routes.as_made import send_as_made
from api.routes.documented import FILE_BODY, body, content, json_of, problems
from api.schemas.memory import Imported
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.export import export_archive
from triptych.memory.archive.turns import ImportUnderWay, turn

routes = APIBlueprint("memory_archive", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])

ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
AGAIN_S = 30  # after which an archive may have been sent, or taken, to its end


@routes.get("/export", responses={200: content("The archive", ZIP), **problems("too_large", "too_many_clients")})
def export() -> Response:
    """Send everything of the caller's as one archive. One that breaks off has no manifest, and is refused."""
    exports, whose = room().exports, owner()
    if not exports.take(whose):
        words = "as many archives are being sent as may be, yours or others': ask again in a while"
        raise Refused(503, "too_many_clients", words, again_s=AGAIN_S)
    name = f"triptych-{datetime.fromtimestamp(room().store.clock(), UTC):%Y-%m-%d}.zip"
    try:
        response = send_as_made(export_archive(room().store, whose), name, "application/zip")
    except BaseException:
        exports.give_back(whose)
        raise
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
