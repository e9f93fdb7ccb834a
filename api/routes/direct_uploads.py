"""Uploads that go straight to where files lie: asked for, sent there, and completed."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.names import clean_name
from api.offload import offload
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import FILE_BODY, JSON_BODY, body, json_of, problems
from api.schemas.file import File
from api.schemas.requests import UploadPath
from api.schemas.upload import DirectRequest, DirectUpload, KnownContent
from triptych.blobs import Blob
from triptych.files import File as StoredFile
from triptych.pending.direct import HEADERS, begin_direct, complete_direct
from triptych.times import iso_time

routes = APIBlueprint("direct_uploads", __name__, url_prefix="/api/v1/uploads", abp_tags=[{"name": "uploads"}])

_BEGINNING = (*JSON_BODY, "empty_file", "name_too_long", "quota_exceeded", "not_supported")
_ENDING = ("not_found", "upload_expired", "nothing_sent", "other_content", "quota_exceeded")


@routes.post(
    "/direct",
    request_body=body(json="DirectRequest"),
    responses={200: json_of(KnownContent), 201: json_of(DirectUpload), **problems(*_BEGINNING)},
)
def begin() -> Response:
    """Ask where to send a file, by one request; or be told, with 200, which file of yours has that content already.

    Answers 409 where files do not lie in S3.
    """
    asked = asked_body(DirectRequest)
    name, blob = clean_name(asked.name), Blob(asked.sha256, asked.size_bytes)
    begun = offload(begin_direct, room().store, owner(), name, blob)
    if isinstance(begun, StoredFile):
        return answer(KnownContent(file_id=begun.id))
    told = DirectUpload(
        id=begun.upload.id,
        method="PUT",
        url=begun.url,
        headers=dict(HEADERS),
        expires_at=iso_time(begun.upload.expires_at),
    )
    return answer(told, HTTPStatus.CREATED)


@routes.post("/<uuid:upload_id>/complete", responses={201: json_of(File), **problems(*_ENDING, *FILE_BODY)})
def complete(path: UploadPath) -> Response:
    """Make a file of what was sent; asked again, tell the same."""
    completed = offload(complete_direct, room().store, owner(), str(path.upload_id))
    if completed.is_new:
        room().metrics.upload_bytes.inc(completed.file.size_bytes)
    response = answer(File.of(completed.file), HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/files/{completed.file.id}"
    return response
