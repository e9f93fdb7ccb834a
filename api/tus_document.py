"""What flask-openapi does not gather of the routes that speak tus: their headers, OPTIONS and HEAD."""

from typing import Any

from api.bodies import tus
from api.routes.documented import problems
from triptych.pending.stretch import Algorithm

UPLOADS = "/api/v1/uploads"
UPLOAD = f"{UPLOADS}/{{upload_id}}"


def _header(name: str, description: str, example: str, *, required: bool = False) -> dict[str, Any]:  # Any: JSON, below
    schema = {"type": "string", "examples": [example]}
    return {"name": name, "in": "header", "required": required, "schema": schema, "description": description}


_VERSION = _header("Tus-Resumable", "The version of tus.", tus.VERSION, required=True)
_CHECKSUM = _header(
    "Upload-Checksum",
    f"What the body hashes to: one of {', '.join(Algorithm)}, a space, and the hash in base64.",
    "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
)
_LENGTH = _header("Upload-Length", "How many bytes the upload is going to have.", "1073741824", required=True)
_OFFSET = _header("Upload-Offset", "Where the body belongs.", "0", required=True)
_METADATA = _header("Upload-Metadata", "`filename`, a space, and the name in base64.", "filename dGFsay5tcDM=")

HEADERS: dict[tuple[str, str], list[dict[str, Any]]] = {
    (UPLOADS, "post"): [_VERSION, _LENGTH, _METADATA, _CHECKSUM],
    (UPLOAD, "patch"): [_VERSION, _OFFSET, _CHECKSUM],
    (UPLOAD, "delete"): [_VERSION],
}
ANSWERED: dict[str, dict[str, Any]] = {
    "Tus-Resumable": {"schema": {"type": "string"}, "description": "The version of tus."},
    "Upload-Offset": {"schema": {"type": "integer"}, "description": "How many bytes are on the disk."},
    "Upload-Expires": {"schema": {"type": "string"}, "description": "Until when it waits for its next request."},
    "Triptych-File-Id": {"schema": {"type": "string", "format": "uuid"}, "description": "The file, once it is whole."},
}
ANSWERS = {(UPLOADS, "post"): "201", (UPLOAD, "patch"): "204", (UPLOAD, "get"): "200"}
OPERATIONS: dict[str, dict[str, Any]] = {
    UPLOADS: {
        "options": {
            "tags": ["uploads"],
            "summary": "Tell which versions and extensions of tus are spoken, and how large an upload may be.",
            "operationId": "uploads_options",
            "responses": {"204": {"description": "The headers say it"}, **problems()},
        }
    },
    UPLOAD: {
        "head": {
            "tags": ["uploads"],
            "summary": "Tell by headers how much of an upload there is.",
            "operationId": "uploads_head",
            "parameters": [
                {
                    "name": "upload_id",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "format": "uuid", "title": "Upload Id"},
                },
                _VERSION,
            ],
            "responses": {"200": {"description": "OK", "headers": ANSWERED}, **problems()},
        }
    },
}


def add_tus(paths: dict[str, Any]) -> None:
    """Add it all to the document's ``paths``."""
    for (path, method), headers in HEADERS.items():
        operation = paths[path][method]
        operation["parameters"] = [*operation.get("parameters", []), *headers]
    for (path, method), status in ANSWERS.items():
        paths[path][method]["responses"][status]["headers"] = ANSWERED
    for path, operations in OPERATIONS.items():
        paths[path] = {**paths[path], **operations}
