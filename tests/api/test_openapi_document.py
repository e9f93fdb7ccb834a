"""The OpenAPI document: committed as the code says it, complete, and kept to by every answer."""

import json
import re
import shutil
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from support.calls_answered import stand_ins
from support.contract import CHECKS, ask
from support.working import working

from api import EXTENSION
from api.app import create_app
from api.openapi import openapi_text
from api.room import LOCAL_USER
from triptych.settings import Settings
from triptych.store import open_store

ROOT = Path(__file__).parent.parent.parent


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


@pytest.fixture(scope="module")
def api_schema(tmp_path_factory, migrated_sqlite, redis_url):
    """The document of one application for all operations: what they make of each other's things is no matter here."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    store = open_store(Settings(home=home, redis_url=redis_url, offline=True), synchronous="OFF")
    app = create_app(store.settings, store, home / "dist")
    with working(store, LOCAL_USER, *stand_ins()):
        yield schemathesis.openapi.from_wsgi("/openapi.json", app)
    app.extensions[EXTENSION].hub.stop()
    store.close()


@pytest.mark.parametrize(("path", "method"), list(operations()))
def test_no_request_breaks_the_contract(api_schema, path, method):
    @hypothesis_settings(
        max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=api_schema[path][method].as_strategy())
    def keeps_to_it(case):
        response = ask(case)

        case.validate_response(response, checks=CHECKS)

    keeps_to_it()
