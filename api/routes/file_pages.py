"""What a file says and shows, page by page, for whoever was sent to a place in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.conditions import REVALIDATED, heed_conditions
from api.headers import FOREIGN_POLICY
from api.offload import offload
from api.problems import Refused, invalid
from api.room import owner, room
from api.routes.documented import content, json_of, problems
from api.schemas.file import FileText
from api.schemas.requests import FilePagePath, FilePageQuery, FilePath, FileTextQuery
from api.viewing import show_page
from pipelines.media.document import check_text_size, decode_lines
from pipelines.media.media_types import Kind, kind_of
from triptych.files import File
from triptych.store import Store
from triptych.uploads import read_content, read_files

routes = APIBlueprint("file_pages", __name__, url_prefix="/api/v1/files", abp_tags=[{"name": "files"}])

WINDOW = 100_000  # characters of a text that are sent at once
BEFORE = 20_000  # of them before the one that is asked for
CHUNK_BYTES = 64 * 1024
_SHOWING = (
    *("invalid_request", "wrong_media", "bad_media", "encrypted_pdf", "no_such_page", "too_many_pages"),
    *("too_many_pixels", "too_costly", "too_large", "too_many_clients"),
)
JPEG: dict[str, Any] = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}  # Any: OpenAPI


@routes.get("/<uuid:file_id>/text", responses={200: json_of(FileText), **problems("not_found", *_SHOWING)})
def text(path: FilePath, query: FileTextQuery) -> Response:
    """Tell what a document says: a page of a PDF, or up to 100,000 characters around one of a text."""
    file = _file(path)
    if kind_of(file.media_type) is Kind.DOCUMENT:
        with _at_hand(file) as lies:
            told = show_page(lies, file.media_type, query.page).told
        return answer(FileText(**told, page=query.page, length=None))
    if kind_of(file.media_type) is not Kind.TEXT:
        raise invalid("file", f"{file.media_type} has no text of its own", "wrong_media")
    return answer(offload(_window, room().store, file, query.at))


@routes.get(
    "/<uuid:file_id>/pages/<int:page>", responses={200: content("A JPEG", JPEG), **problems("not_found", *_SHOWING)}
)
def picture(path: FilePagePath, query: FilePageQuery) -> Response:
    """Draw a page of a PDF or TIFF, upright, as `image.read` sees it at the same `dpi`; any other picture has one."""
    file = _file(path)
    if kind_of(file.media_type) not in (Kind.DOCUMENT, Kind.PICTURE):
        raise invalid("file", f"{file.media_type} has no pages to be drawn", "wrong_media")
    response = Response(content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    response.headers["Cache-Control"] = REVALIDATED  # it goes with its file
    response.set_etag(f"{file.sha256}-{path.page}-{query.dpi}")
    response.last_modified = datetime.fromtimestamp(file.created_at, UTC)
    if heed_conditions(response).status_code == HTTPStatus.OK:  # else nothing need be drawn
        with _at_hand(file) as lies:
            drawn = show_page(lies, file.media_type, path.page, query.dpi)
        response.response = _chunks(drawn.picture)
        response.content_length = drawn.size_bytes
    return response


def _chunks(picture: IO[bytes]) -> Iterator[bytes]:
    with picture:
        while chunk := picture.read(CHUNK_BYTES):
            yield chunk


def _file(path: FilePath) -> File:
    return offload(read_files, room().store, owner(), [str(path.file_id)])[0]


@contextmanager
def _at_hand(file: File) -> Iterator[Path]:
    """Where the bytes of a file lie, for the block. Raises Refused where they are gone."""
    found = room().store.blobs.at_hand(file.sha256)
    try:
        path = offload(found.__enter__)
    except FileNotFoundError:
        raise _gone(file) from None
    try:
        yield path
    finally:
        found.__exit__(None, None, None)


def _window(store: Store, file: File, at: int) -> FileText:
    check_text_size(file.size_bytes)
    encoded = read_content(store, file)
    try:
        if encoded is None:
            with store.blobs.at_hand(file.sha256) as path:
                encoded = path.read_bytes()
    except FileNotFoundError:
        raise _gone(file) from None
    whole, warnings = decode_lines(encoded)
    start = max(0, min(at - BEFORE, len(whole) - WINDOW))
    text = whole[start : start + WINDOW]
    return FileText(text=text, start=start, length=len(whole), page=None, pages=None, warnings=list(warnings))


def _gone(file: File) -> Refused:
    return Refused(404, "not_found", f"the bytes of {file.name!r} are gone")
