"""Uploads that go straight to where files lie: asked for, sent there, and completed."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.names import clean_name
from api.offload import offload
from api.problems import Refused
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import FILE_BODY, JSON_BODY, body, json_of, problems
from api.schemas.direct_upload import DirectRequest, DirectUpload, KnownContent, PartAddresses, PartsRequest
from api.schemas.file import File
from api.schemas.requests import UploadPath
from triptych.files import File as StoredFile
from triptych.pending.arrived import complete_direct
from triptych.pending.direct import Wanted, begin_direct
from triptych.pending.parts import open_window

routes = APIBlueprint("direct_uploads", __name__, url_prefix="/api/v1/uploads", abp_tags=[{"name": "uploads"}])

_BEGINNING = (*JSON_BODY, "empty_file", "name_too_long", "quota_exceeded", "not_supported")
_PARTS = (*JSON_BODY, "not_found", "upload_expired", "not_supported")
_ENDING = (
    "not_found",
    "upload_expired",
    "upload_busy",
    "nothing_sent",
    "parts_missing",
    "other_content",
    "quota_exceeded",
)
AGAIN_S = 5


@routes.post(
    "/direct",
    request_body=body(json="DirectRequest"),
    responses={200: json_of(KnownContent), 201: json_of(DirectUpload), **problems(*_BEGINNING)},
)
def begin() -> Response:
    """Ask where to send a file, by one request or in parts; or be told, with 200, which of yours has that content.

    Answers 409 where files do not lie in S3.
    """
    asked = asked_body(DirectRequest)
    wanted = Wanted(clean_name(asked.name), asked.size_bytes, asked.sha256, asked.part_bytes)
    begun = offload(begin_direct, room().store, owner(), wanted)
    if isinstance(begun, StoredFile):
        return answer(KnownContent(file_id=begun.id))
    return answer(DirectUpload.of(begun), HTTPStatus.CREATED)


@routes.post(
    "/<uuid:upload_id>/parts",
    request_body=body(json="PartsRequest"),
    responses={200: json_of(PartAddresses), **problems(*_PARTS)},
)
def parts(path: UploadPath) -> Response:
    """Ask where to send the next of the parts that have not come; what came of others stays."""
    asked = asked_body(PartsRequest)
    window = offload(open_window, room().store, owner(), str(path.upload_id), asked.after, asked.limit)
    return answer(PartAddresses.of(window))


@routes.post(
    "/<uuid:upload_id>/complete", responses={201: json_of(File), **problems(*_ENDING, *FILE_BODY, "too_many_clients")}
)
def complete(path: UploadPath) -> Response:
    """Make a file of what was sent; asked again, tell the same."""
    places, whose = room().completions, owner()
    if not places.take(whose):
        words = "as many uploads are being read as may be, yours or others': ask again in a while"
        raise Refused(503, "too_many_clients", words, again_s=AGAIN_S)
    try:
        completed = offload(complete_direct, room().store, whose, str(path.upload_id))
    finally:
        places.give_back(whose)
    if completed.is_new:
        room().metrics.upload_bytes.inc(completed.file.size_bytes)
    response = answer(File.of(completed.file), HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/files/{completed.file.id}"
    return response
