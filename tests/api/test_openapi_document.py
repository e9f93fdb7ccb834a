"""The OpenAPI document: committed as the code says it, complete, and kept to by every answer."""

import json
import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from api import EXTENSION
from api.app import create_app
from api.openapi import openapi_text

ROOT = Path(__file__).parent.parent.parent
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")  # tus' bytes are bytes
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


def test_committed_document_is_what_the_code_says():
    committed = (ROOT / "openapi.json").read_text()

    written = openapi_text()

    assert committed == written, "run `make openapi` and commit openapi.json"


def test_every_reference_leads_somewhere_and_every_operation_tells_its_problems():
    document = json.loads(openapi_text())
    schemas = set(document["components"]["schemas"])

    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    silent = [
        (path, method)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if path != "/metrics" and "default" not in operation["responses"]
    ]

    assert referred <= schemas
    assert silent == []


def test_documentation_page_loads_nothing_from_elsewhere(sqlite_client, fetch):
    page = fetch("/docs")

    asked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    answers = [fetch(url).status_code for url in asked]

    assert asked
    assert all(url.startswith("/docs/") for url in asked)
    assert set(answers) == {200}
    assert "'unsafe-eval'" not in page.headers["Content-Security-Policy"]
    assert fetch("/openapi.json").get_json()["openapi"] == "3.1.1"


def operations():
    for path, item in json.loads((ROOT / "openapi.json").read_text())["paths"].items():
        for method in item:
            yield pytest.param(path, method, id=f"{method} {path}")


@pytest.fixture
def api_schema(settings, sqlite_store):
    app = create_app(settings, sqlite_store)
    yield schemathesis.openapi.from_wsgi("/openapi.json", app)
    app.extensions[EXTENSION].hub.stop()


@pytest.mark.parametrize(("path", "method"), list(operations()))
def test_no_request_breaks_the_contract(api_schema, path, method):
    @hypothesis_settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=api_schema[path][method].as_strategy())
    def keeps_to_it(case):
        if "wait" in (case.query or {}):
            case.query["wait"] = 0  # waiting is bounded, but not by a test's patience

        response = case.call(base_url="http://localhost")

        case.validate_response(response, checks=CHECKS)

    keeps_to_it()
