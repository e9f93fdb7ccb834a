"""How routes are documented: problems by status, and bodies that are not JSON."""

from typing import Any

from pydantic import BaseModel

from api.problems import MEDIA_TYPE, phrase_of

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def problems(*statuses: int) -> dict[Any, Any]:  # Any: flask-openapi's response dictionary takes many shapes
    """The problems a route answers with besides those that any route may."""
    told: dict[Any, Any] = {str(status): {"description": phrase_of(status), "content": _PROBLEM} for status in statuses}
    return {**told, "default": {"description": "Any other problem", "content": _PROBLEM}}


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
