"""The document tells all that a client's author must know of each operation: whoever adds one is held to it here."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis

from api.codes import CODES
from api.spec.examples import NoExample, example_of

DOCUMENT = json.loads((Path(__file__).parents[3] / "openapi.json").read_text())
COMPONENTS = DOCUMENT["components"]
OPERATIONS = [(f"{method} {path}", one) for path, item in DOCUMENT["paths"].items() for method, one in item.items()]
IDS = {operation["operationId"]: operation for _, operation in OPERATIONS}
BODIES = ("application/json", "multipart/form-data")


def bodies():
    """Every body of JSON or of a form, and where it stands."""
    for name, operation in OPERATIONS:
        told = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for where, body in told.items():
            for media_type in BODIES:
                if media_type in body.get("content", {}):
                    yield f"{name}: {where}", body["content"][media_type]


def parameters(operation):
    for one in operation.get("parameters", []):
        yield COMPONENTS["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one


def is_valid(value, schema):
    whole = {**schema, "components": {"schemas": COMPONENTS["schemas"]}}
    return jsonschema_rs.validator_for(whole).is_valid(value)


def test_document_follows_openapi_itself():
    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_every_operation_says_what_it_does_under_a_name_that_is_its_own():
    unsaid = [name for name, one in OPERATIONS if not one.get("summary", "").endswith((".", ":"))]
    ill_named = [one["operationId"] for _, one in OPERATIONS if not re.fullmatch(r"[a-z_]+", one["operationId"])]

    assert unsaid == []
    assert ill_named == []
    assert len(IDS) == len(OPERATIONS)


def test_every_tag_and_parameter_is_described():
    bare = [tag["name"] for tag in DOCUMENT["tags"] if not tag.get("description")]
    used = {tag for _, operation in OPERATIONS for tag in operation["tags"]}
    silent = [
        f"{name}: {one['name']}"
        for name, operation in OPERATIONS
        for one in parameters(operation)
        if not one.get("description")
    ]

    assert bare == []
    assert used <= {tag["name"] for tag in DOCUMENT["tags"]}
    assert silent == [], "give Field(description=...), or a row in api/spec/names.py"


def test_every_body_has_an_example_that_its_schema_takes():
    told = list(bodies())

    lacking = [where for where, media in told if "examples" not in media]
    wrong = [
        where
        for where, media in told
        for one in media.get("examples", {}).values()
        if not is_valid(COMPONENTS["examples"][one["$ref"].rpartition("/")[2]]["value"], media["schema"])
    ]

    assert len(told) > 50
    assert lacking == [], "give the fields Field(examples=[...]), or the whole a place in api/spec/sample_wholes.py"
    assert wrong == []


def test_whoever_reads_it_learns_how_to_say_who_asks():
    anybody = {name for name, operation in OPERATIONS if operation.get("security") == []}

    assert set(COMPONENTS["securitySchemes"]) == {"key", "session"}
    assert "get /health/live" in anybody
    assert not {"get /api/v1/jobs", "get /metrics"} & anybody


def test_field_without_an_example_is_named():
    schemas = {"Boat": {"properties": {"mast_m": {"type": "number"}}}}

    with pytest.raises(NoExample, match=r"Boat\.mast_m"):
        example_of("Boat", schemas)


def test_every_problem_is_told_with_the_codes_that_it_may_have():
    told = [
        (f"{name}: {status}", status, set(response["content"]["application/problem+json"].get("examples", {})))
        for name, operation in OPERATIONS
        for status, response in operation["responses"].items()
        if "application/problem+json" in response.get("content", {})
    ]

    codeless = [where for where, _, codes in told if not codes]
    misplaced = [
        where for where, status, codes in told if status != "default" and codes - set(CODES.get(int(status), ()))
    ]

    assert len(told) > 100
    assert codeless == [], "name the codes: problems('not_found', ...); api/codes.py lists them"
    assert misplaced == []


def test_every_link_leads_to_an_operation_by_parameters_that_it_has():
    links = COMPONENTS["links"]

    astray = [
        name
        for name, link in links.items()
        if not set(link["parameters"]) <= {one["name"] for one in parameters(IDS[link["operationId"]])}
    ]
    created = IDS["jobs_create"]["responses"]["202"]["links"]

    assert astray == []
    assert {"jobs_get", "jobs_parts", "jobs_output", "jobs_cancel", "jobs_retry", "jobs_delete"} <= created.keys()


def test_links_find_what_they_name_in_the_example_of_their_answer():
    for name, link in COMPONENTS["links"].items():
        schema = name.partition("_of_")[2]
        for expression in link["parameters"].values():
            place = expression.partition("$response.body#")[2]
            value = COMPONENTS["examples"][schema]["value"] if schema and place else {}
            for step in place.split("/")[1:] if schema else ():
                value = value[int(step)] if isinstance(value, list) else value[step]
            assert value is not None
