"""What the client understands is what the API's document says, field by field."""

import inspect
import json
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from triptych.client import records
from triptych.client.records.base import Record

ROOT = Path(__file__).parents[3]
SCHEMAS = json.loads((ROOT / "openapi.json").read_text())["components"]["schemas"]
WORDS = {"title", "description", "default", "examples", "example"}
BOUNDS = {"minimum", "maximum", "maxLength", "pattern"}  # of what is asked, which some records are too


def known() -> list[type[Record]]:
    modules = [import_module(f"{records.__name__}.{found.name}") for found in iter_modules(records.__path__)]
    return sorted(
        {
            one
            for module in modules
            for _, one in inspect.getmembers(module, inspect.isclass)
            if issubclass(one, Record) and one is not Record and not one.__name__.startswith("_")
        },
        key=lambda one: one.__name__,
    )


def plain(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema without words, references to other records by their names, and one of several strings a string."""
    if isinstance(schema, list):
        return [plain(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"type": "string"} if "enum" in definitions[name] else {"record": name}
    if "enum" in schema:
        return {"type": "string"}
    kept = {
        key: plain(value, definitions) for key, value in schema.items() if key not in WORDS | BOUNDS | {"propertyNames"}
    }
    return kept if kept != {"additionalProperties": True, "type": "object"} else {"type": "object"}


@pytest.mark.parametrize("record", known(), ids=lambda one: one.__name__)
def test_a_record_has_the_fields_that_the_document_tells(record: type[Record]) -> None:
    own = record.model_json_schema(mode="serialization")
    told = SCHEMAS[record.__name__]

    understood = {name: plain(one, own.get("$defs", {})) for name, one in own["properties"].items()}
    documented = {name: plain(one, SCHEMAS) for name, one in told.get("properties", {}).items()}

    assert understood == documented, f"let triptych/client/records say what {record.__name__} is now"
    assert {*own.get("required", ())} == {*told.get("required", ())}


def test_every_kind_of_event_that_the_document_tells_is_understood() -> None:
    from triptych.client.records.events import KNOWN

    told = {one["$ref"].rpartition("/")[2] for one in SCHEMAS["JobEvent"]["anyOf"]} | {"Resync"}

    assert {SCHEMAS[name]["properties"]["type"]["const"] for name in told} == KNOWN
