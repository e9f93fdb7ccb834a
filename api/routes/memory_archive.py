"""Everything that somebody has as one archive: sent while it is written, and taken in."""

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.chunks import body_chunks
from api.bodies.multipart_form import Bounds, received_form
from api.offload import WriteBehind, offload
from api.problems import invalid
from api.room import owner, room
from api.routes.documented import body, content, json_of, problems
from api.routes.files import FORM_OVERHEAD_BYTES, FORM_TYPE, no_such_field
from api.schemas.memory import Imported
from triptych.blobs import Draft
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.export import export_archive

routes = APIBlueprint("memory_archive", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])

ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


@routes.get("/export", responses={200: content("The archive", ZIP), **problems(413)})
def export() -> Response:
    """Send everything of the caller's as one archive. One that breaks off has no manifest, and is refused."""
    chunks = export_archive(room().store, owner())
    first = offload(next, chunks, b"")  # whatever is wrong is told before anything is sent
    name = f"triptych-{datetime.fromtimestamp(room().store.clock(), UTC):%Y-%m-%d}.zip"
    response = Response(_sent(first, chunks), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@routes.post(
    "/import",
    request_body=body(form="FileForm", raw="bytes"),
    responses={200: json_of(Imported), **problems(400, 408, 413, 422, 429, 507)},
)
def bring() -> Response:
    """Take an archive in, all of it or nothing; what is here already is left as it is."""
    if request.mimetype == FORM_TYPE:
        return _from_form()
    here = room()
    incoming = WriteBehind(here.store.blobs.begin(here.settings.upload_bytes))
    try:
        for chunk in body_chunks(request, here.settings.upload_bytes):
            incoming.write(chunk)
        return _brought(incoming.finish())
    finally:
        incoming.discard()


def _from_form() -> Response:
    here = room()
    bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
    with received_form(request, here.store.blobs, bounds, no_such_field) as form:
        if len(form.uploads) != 1:
            raise invalid("file", f"one archive is wanted; there are {len(form.uploads)}")
        return _brought(form.uploads[0].draft)


def _brought(draft: Draft) -> Response:
    room().metrics.upload_bytes.inc(draft.blob.size_bytes)
    came = offload(import_archive, room().store, owner(), draft.path)
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


def _sent(first: bytes, chunks: Generator[bytes, None, None]) -> Iterator[bytes]:
    chunk = first
    with closing(chunks):  # whoever hangs up ends the reading too
        while chunk:
            yield chunk
            chunk = offload(next, chunks, b"")
