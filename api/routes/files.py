"""Files: bring one, list them, look at one, fetch it, remove it."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.received import received_file
from api.offload import offload
from api.problems import Refused
from api.room import owner, room
from api.routes.documented import BYTES, FILE_BODY, body, content, json_of, problems
from api.routes.sending import send_stored
from api.schemas.file import File, FilePage
from api.schemas.requests import FilePath, FileQuery, FilesQuery
from triptych.files import File as StoredFile
from triptych.uploads import keep_upload, list_owned, read_content, read_files, remove_file

routes = APIBlueprint("files", __name__, url_prefix="/api/v1/files", abp_tags=[{"name": "files"}])


@routes.post(
    "",
    request_body=body(form="FileForm", raw="bytes"),
    responses={201: json_of(File), **problems(*FILE_BODY, "quota_exceeded")},
)
def upload(query: FileQuery) -> Response:
    """Keep a file: a form with the field `file`, or the raw body and `?name=`."""
    with received_file(query.name) as file:
        stored = offload(keep_upload, room().store, owner(), file)
    room().metrics.upload_bytes.inc(stored.size_bytes)
    response = answer(File.of(stored), HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/files/{stored.id}"
    return response


@routes.get("", responses={200: json_of(FilePage), **problems("invalid_request")})
def index(query: FilesQuery) -> Response:
    """List files, newest first, texts that came with a job among them."""
    found = list_owned(room().store, owner(), query.before, query.limit + 1, query.since)
    page = found[: query.limit]
    return answer(
        FilePage(items=[File.of(file) for file in page], next=page[-1].id if len(found) > len(page) else None)
    )


@routes.get("/<uuid:file_id>", responses={200: json_of(File), **problems("not_found")})
def show(path: FilePath) -> Response:
    """Tell what a file is."""
    return answer(File.of(_file(path)))


@routes.get(
    "/<uuid:file_id>/content",
    responses={200: content("The bytes", BYTES), **problems("not_found", "still_recording", "range_not_satisfiable")},
)
def fetch(path: FilePath) -> Response:
    """Send the bytes of a file; ranges are honoured."""
    file = _file(path)
    if file.grows_until is not None:
        raise Refused(409, "still_recording", f"{file.name!r} is still being recorded: wait until it has ended")
    content = read_content(room().store, file)
    return send_stored(file.blob, file.name, file.media_type, changed_at=file.created_at, content=content)


@routes.delete("/<uuid:file_id>", responses={204: None, **problems("not_found", "file_in_use")})
def delete(path: FilePath) -> Response:
    """Remove a file that no job uses."""
    room().writer.change(remove_file, room().store, owner(), str(path.file_id))
    return Response(status=HTTPStatus.NO_CONTENT)


def _file(path: FilePath) -> StoredFile:
    return read_files(room().store, owner(), [str(path.file_id)])[0]
