"""An example of every body: written out where its values hang together, else put together from those of its fields."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from api.codes import CODES
from api.openai.codes import examples as openai_errors
from api.problems import phrase_of
from api.spec.openai_wholes import OPENAI_WHOLES
from api.spec.sample_values import VALUES
from api.spec.sample_wholes import WHOLES

Json = dict[str, Any]  # Any: JSON
JSON_SCHEMA = "#/components/schemas/"
ILLUSTRATED = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")


GIVEN = {**WHOLES, **OPENAI_WHOLES}


class NoExample(Exception):
    """A field of which no example is known; the message says where to give one."""


def add_examples(document: Json) -> None:
    """Give each JSON body and each form an example, and list those of problems."""
    schemas, told = document["components"]["schemas"], {}
    for item in document["paths"].values():
        for operation in item.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media_type, media in (
                (kind, media) for one in bodies for kind, media in one.get("content", {}).items()
            ):
                name = media.get("schema", {}).get("$ref", "").removeprefix(JSON_SCHEMA)
                if name and media_type in ILLUSTRATED and "examples" not in media:
                    with suppress(NoExample):  # which a test tells
                        told[name] = {"value": example_of(name, schemas)}
                        media["examples"] = {"example": {"$ref": f"#/components/examples/{name}"}}
    document["components"]["examples"] = dict(sorted({**told, **_problems(), **openai_errors()}.items()))


def example_of(name: str, schemas: Mapping[str, Json]) -> Any:  # Any: JSON
    """An example of the schema called ``name``. Raises NoExample."""
    return _of_schema({"$ref": f"{JSON_SCHEMA}{name}"}, name, schemas)


def _problems() -> Json:
    return {
        code: {
            "summary": meaning,
            "value": {
                "type": "about:blank",
                "title": phrase_of(status),
                "status": status,
                "code": code,
                "detail": meaning,
                "errors": [],
            },
        }
        for status, codes in CODES.items()
        for code, meaning in codes.items()
    }


def _of_schema(schema: Json, where: str, schemas: Mapping[str, Json]) -> Any:  # Any: JSON
    """An example of ``schema``, which ``where`` names: given, or made of what it consists of."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(JSON_SCHEMA)
        return GIVEN[name] if name in GIVEN else _of_schema(schemas[name], name, schemas)
    for given in ("examples", "enum"):
        if given in schema:
            return schema[given][0]
    for given in ("const", "default"):
        if schema.get(given) is not None:
            return schema[given]
    return _composed(schema, where, schemas)


def _composed(schema: Json, where: str, schemas: Mapping[str, Json]) -> Any:  # Any: JSON
    field = where.rpartition(".")[2]
    if "properties" in schema:
        return {name: _of_schema(one, f"{where}.{name}", schemas) for name, one in schema["properties"].items()}
    if field in VALUES:
        return VALUES[field]
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        try:
            return _of_schema(choices[0], where, schemas)
        except NoExample:
            if {"type": "null"} in choices:
                return None
            raise
    if schema.get("type") == "array":
        pair = schema.get("prefixItems")
        return [_of_schema(one, where, schemas) for one in pair or [schema["items"]]]
    if schema.get("type") in ("object", "boolean"):
        return {} if schema["type"] == "object" else False
    raise NoExample(f"{where} has no example: give it one, as in Field(examples=[...])")
