"""Files: brought for batches or for anything else, listed, fetched, removed; and what batches made."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import Response, jsonify, request
from pydantic import Field

from api.bodies.multipart_form import Bounds, received_form
from api.bodies.received import FORM_OVERHEAD_BYTES
from api.offload import offload
from api.openai.pages import PageQuery, page_of, wanted_page
from api.room import owner, room
from api.routes.as_made import send_as_made
from api.routes.sending import send_stored
from triptych.batches.reading import get_batch
from triptych.batches.results import results_as_lines
from triptych.files import File
from triptych.openai.batches import results_meant
from triptych.openai.calls import BadCall, asked
from triptych.openai.ids import FILE, file_id_of
from triptych.uploads import keep_upload, list_owned_by_purpose, read_content, read_files, remove_file

MOST = 1000  # files of a page
USER_DATA = "user_data"  # the purpose of what nobody said a purpose of
PURPOSES = ("batch", USER_DATA, "assistants", "vision", "evals")
LINES = ".jsonl"


class FileQuery(PageQuery):
    """Which files are wanted."""

    purpose: str | None = Field(None, max_length=100, description="Of those that were brought for this alone.")
    order: Literal["asc", "desc"] = Field("desc", description="Oldest first, or newest.")


def upload() -> Response:
    """Keep a file."""
    here = room()
    bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
    with received_form(request, here.store.blobs, bounds, _check_field) as form:
        if len(form.uploads) != 1:
            raise BadCall(f"one file is wanted; there are {len(form.uploads)}", "file")
        if "purpose" not in form.fields:
            raise BadCall(f"say what for: one of {', '.join(PURPOSES)}", "purpose", "missing_required_parameter")
        file = offload(keep_upload, here.store, owner(), form.uploads[0], form.fields["purpose"])
    here.metrics.upload_bytes.inc(file.size_bytes)
    return jsonify(_told(file))


def index() -> Response:
    """List the files that were brought here, newest first if nothing else is asked for."""
    query = asked(FileQuery, request.args.to_dict())
    page, is_oldest_first = wanted_page(query, file_id_of, MOST), query.order == "asc"
    found = list_owned_by_purpose(
        room().store, owner(), page.after, page.limit + 1, query.purpose, oldest_first=is_oldest_first
    )
    return page_of([_told(file) for file in found], page)


def show(file_id: str) -> Response:
    """Tell what a file is."""
    if (meant := results_meant(file_id)) is not None:
        batch = get_batch(room().store, owner(), meant[0])
        return jsonify(
            _described(file_id, f"{file_id}{LINES}", None, batch.finished_at or batch.created_at, "batch_output")
        )
    return jsonify(_told(_file(file_id)))


def fetch(file_id: str) -> Response:
    """Send a file's bytes, or what came of a batch."""
    store = room().store
    if (meant := results_meant(file_id)) is not None:
        lines = results_as_lines(store, owner(), *meant)
        return send_as_made(lines, f"{file_id}{LINES}", "application/jsonl")
    file = _file(file_id)
    content = read_content(store, file)
    return send_stored(file.blob, file.name, file.media_type, changed_at=file.created_at, content=content)


def delete(file_id: str) -> Response:
    """Remove a file that no job uses. What a batch made goes with the batch."""
    if results_meant(file_id) is not None:
        raise BadCall(
            "what a batch made goes with the batch: DELETE /api/v1/batches/{id}", "file_id", "wrong_state", 409
        )
    room().writer.change(remove_file, room().store, owner(), file_id_of(file_id))
    return jsonify({"id": file_id, "object": "file", "deleted": True})


def _file(name: str) -> File:
    [file] = read_files(room().store, owner(), [file_id_of(name)])
    if file.grows_until is not None:
        raise BadCall(
            f"{file.name!r} is still being recorded: wait until it has ended", "file_id", "still_recording", 409
        )
    return file


def _told(file: File) -> Mapping[str, Any]:  # Any: JSON
    purpose = file.purpose or USER_DATA
    return _described(f"{FILE}{file.id}", file.name, file.size_bytes, file.created_at, purpose)


def _described(name: str, filename: str, size_bytes: int | None, at: float, purpose: str) -> Mapping[str, Any]:
    return {
        "id": name,
        "object": "file",
        "bytes": size_bytes,
        "created_at": int(at),
        "filename": filename,
        "purpose": purpose,
        "status": "processed",
    }


def _check_field(name: str, value: str) -> None:
    if name != "purpose":
        raise BadCall(f"{name[:100]}: this is not supported here: leave it out", name[:100], "unsupported_parameter")
    if value not in PURPOSES:
        raise BadCall(f"no file is kept as {value[:100]!r}; there are {', '.join(PURPOSES)}", "purpose")
