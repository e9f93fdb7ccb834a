"""Uploads in several requests, by tus 1.0: https://tus.io/protocols/resumable-upload."""

from http import HTTPStatus

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.http import http_date

from api.answers import answer
from api.bodies import tus
from api.bodies.stretches import received_stretch
from api.offload import offload
from api.problems import Refused
from api.room import owner, room
from api.routes.documented import json_of, problems
from api.schemas.requests import UploadPath, UploadsQuery
from api.schemas.upload import PendingUpload, PendingUploadPage
from triptych.pending.completing import at_rest, settled
from triptych.pending.stretch import Algorithm
from triptych.pending.uploads import Pending, begin_upload, end_upload, list_uploads

FILE_ID = "Triptych-File-Id"

routes = APIBlueprint("uploads", __name__, url_prefix="/api/v1/uploads", abp_tags=[{"name": "uploads"}])

_STRETCH = {"content": {tus.STRETCH_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
_PENDING = ("not_found", "upload_expired", "upload_busy", "tus_version")
_ENDING = (  # what the file may be refused for that the upload becomes
    *("media_type_mismatch", "unsupported_media_type", "bad_media", "empty_file", "too_many_pixels", "quota_exceeded"),
    "no_disk",
)
_OF_STRETCH = problems(
    *("bad_request", "timeout", "too_large", "invalid_request", "name_too_long", "wrong_offset", "checksum_mismatch"),
    *(*_PENDING, *_ENDING),
)


@routes.route("", methods=["OPTIONS"], provide_automatic_options=False)
def tell() -> Response:
    """Tell which versions and extensions of tus are spoken, and how large an upload may be."""
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = ",".join(tus.EXTENSIONS)
    response.headers["Tus-Max-Size"] = str(room().settings.upload_bytes)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(Algorithm)
    return response


@routes.post("", request_body={**_STRETCH, "required": False}, responses={201: None, **_OF_STRETCH})
def create() -> Response:
    """Begin an upload of `Upload-Length` bytes, and take the first of them if the body is of tus' media type.

    `Upload-Metadata` may tell its name: `filename` and a space, then the name in base64.
    """
    tus.check_version()
    told, checksum = tus.upload_metadata(), tus.upload_checksum()
    name, size_bytes = tus.upload_name(told), tus.upload_length()
    upload = room().writer.change(begin_upload, room().store, owner(), name, told, size_bytes)
    if tus.is_stretch():
        upload = received_stretch(upload.id, 0, checksum)
    response = _standing(upload, HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/uploads/{upload.id}"
    return response


@routes.get("", responses={200: json_of(PendingUploadPage), **problems("invalid_request")})
def index(query: UploadsQuery) -> Response:
    """List uploads, newest first: those under way, and for a while those that became files."""
    found = list_uploads(room().store, owner(), query.before, query.limit + 1, query.since)
    page = found[: query.limit]
    more = page[-1].id if len(found) > len(page) else None
    return answer(PendingUploadPage(items=[PendingUpload.of(upload) for upload in page], next=more))


@routes.get("/<uuid:upload_id>", responses={200: json_of(PendingUpload), **problems(*_PENDING, *_ENDING)})
def show(path: UploadPath) -> Response:
    """Tell how much of an upload there is; tus asks with HEAD."""
    standing = settled
    if request.method == "HEAD":
        tus.check_version()
        standing = at_rest  # or a request that broke off would be told of when its successor is on its way
    upload = offload(standing, room().store, owner(), str(path.upload_id))
    response = _with_standing(answer(PendingUpload.of(upload)), upload)
    response.headers["Upload-Length"] = str(upload.size_bytes)
    response.headers["Cache-Control"] = "no-store"
    if upload.told:
        response.headers["Upload-Metadata"] = upload.told
    return response


@routes.patch("/<uuid:upload_id>", request_body=_STRETCH, responses={204: None, **_OF_STRETCH})
def add(path: UploadPath) -> Response:
    """Add the body to an upload, at `Upload-Offset`, which is where it stands; whole, it becomes a file.

    With `Upload-Checksum` the body counts as a whole or not at all.
    """
    tus.check_version()
    if not tus.is_stretch():
        raise Refused(415, "unsupported_media_type", f"the body has to be of {tus.STRETCH_TYPE}")
    offset, checksum = tus.upload_offset(), tus.upload_checksum()
    upload = offload(settled, room().store, owner(), str(path.upload_id))
    if upload.file_id is None:
        upload = received_stretch(upload.id, offset, checksum)
    elif offset != upload.size_bytes:
        raise Refused(409, "wrong_offset", "the upload is whole: nothing comes next")
    return _standing(upload, HTTPStatus.NO_CONTENT)


@routes.delete("/<uuid:upload_id>", responses={204: None, **problems(*_PENDING)})
def end(path: UploadPath) -> Response:
    """Give an upload up, and forget what came of it. A file that it became stays."""
    tus.check_version()
    offload(end_upload, room().store, owner(), str(path.upload_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.post("/<uuid:upload_id>", doc_ui=False)
def instead(path: UploadPath) -> Response:
    """What `X-HTTP-Method-Override` says, of clients that can send no PATCH or DELETE: tus' core has them do so."""
    methods = {"PATCH": add, "DELETE": end}
    meant = methods.get(request.headers.get("X-HTTP-Method-Override", "").upper())
    if meant is None:
        raise MethodNotAllowed(["GET", "HEAD", "PATCH", "DELETE"])
    response: Response = meant(path=path)
    return response


@routes.after_request
def _version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.headers["Tus-Version"] = tus.VERSION
    return response


def _standing(upload: Pending, status: HTTPStatus) -> Response:
    return _with_standing(Response(status=status), upload)


def _with_standing(response: Response, upload: Pending) -> Response:
    response.headers["Upload-Offset"] = str(upload.offset_bytes)
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    if upload.file_id is not None:
        response.headers[FILE_ID] = upload.file_id
    return response
