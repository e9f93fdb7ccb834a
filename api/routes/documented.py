"""How routes are documented: problems by status, and bodies that are not JSON."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from api.codes import ANYWHERE, CODES, status_of
from api.problems import MEDIA_TYPE, phrase_of

BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


JSON_BODY = ("bad_json", "bad_request", "timeout", "too_large", "invalid_request")
FILE_BODY = (
    *("bad_request", "bad_multipart", "timeout", "too_large", "media_type_mismatch", "unsupported_media_type"),
    *("bad_media", "empty_file", "invalid_request", "name_too_long", "too_many_pixels", "no_disk"),
)


def problems(*told: int | str) -> dict[Any, Any]:  # Any: flask-openapi's response dictionary takes many shapes
    """The problems a route answers with, by their codes, besides those that any route may; a status: all of its codes.

    Raises KeyError for a code that api/codes.py lacks.
    """
    found: dict[int, dict[str, None]] = {}
    for one in told:
        codes, status = (CODES.get(one, {}), one) if isinstance(one, int) else ((one,), status_of(one))
        found.setdefault(status, {}).update(dict.fromkeys(codes))
    by_status = {str(status): problem(phrase_of(status), codes) for status, codes in sorted(found.items())}
    return {**by_status, "default": problem("Any other problem", ANYWHERE)}


def problem(description: str, codes: Iterable[str]) -> dict[str, Any]:
    """A response that is a problem with one of ``codes``, each shown by its example."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in sorted(codes)}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}}}


def json_of(model: type[BaseModel]) -> dict[str, Any]:
    """A response of JSON. Its schema is written once, by api/document.py, and not whenever the API is imported."""
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}}


def content(description: str, media_types: dict[str, Any]) -> dict[str, Any]:
    """A response that is not JSON."""
    return {"description": description, "content": media_types}


def body(**schemas: str) -> dict[str, Any]:
    """A request body by media type: ``json=``, ``form=`` name a schema; ``raw=`` describes the bytes."""
    media_types = {"json": "application/json", "form": "multipart/form-data"}
    told: dict[str, Any] = {
        media_types[kind]: {"schema": {"$ref": f"#/components/schemas/{name}"}}
        for kind, name in schemas.items()
        if kind in media_types
    }
    if "raw" in schemas:
        told["application/octet-stream"] = {"schema": {"type": "string", "format": "binary"}}
    return {"required": True, "content": told}
