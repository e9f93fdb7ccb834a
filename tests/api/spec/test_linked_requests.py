"""Requests that follow one another by the document's links: what one answer tells is asked in the next."""

from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.config import SchemathesisConfig
from support.archives import a_full_memory
from support.calls_answered import stand_ins
from support.contract import CHECKS_OF_WALKS, ENDLESS, ask
from support.working import working

from api import EXTENSION
from api.app import create_app
from api.room import LOCAL_USER
from triptych.sqlite_driver import sqlite_driver

RUNS, WALKS_A_RUN, STEPS = 5, 6, 12
MOST_RUNS = 40  # while too little was followed: the least change of the document has all be walked otherwise
OUR_LINKS = {  # and none that are guessed; what is no valid request is asked elsewhere
    "phases": {"stateful": {"inference": {"algorithms": []}}},
    "generation": {"mode": "positive"},
}
FOLLOWED = 5  # operations at least, which is all there are under /v1/


def copy(of: Path, to: Path) -> None:
    with closing(sqlite_driver().connect(of)) as source, closing(sqlite_driver().connect(to)) as target:
        source.backup(target)


@pytest.fixture
def app(settings, sqlite_store, tmp_path):
    """An application in whose house something is remembered and talked about."""
    a_full_memory(sqlite_store, tmp_path, LOCAL_USER)
    app = create_app(settings, sqlite_store)
    with working(sqlite_store, LOCAL_USER, *stand_ins()):
        yield app
    app.extensions[EXTENSION].hub.stop()


@pytest.mark.parametrize("under", ["/", "/v1/"])  # the second is a small part of the first, and would be walked little
def test_whoever_follows_the_links_finds_nothing_that_is_not_in_the_document(app, settings, tmp_path, under):
    """Schemathesis follows a link or not as the answers come, which Hypothesis calls flaky: that run then ends."""
    live, kept = settings.home / "triptych.db", tmp_path / "kept.db"
    copy(live, kept)
    answered, failures = Counter(), {}
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=SchemathesisConfig.from_dict(OUR_LINKS))
    schema = schema.include(path_regex=f"^{under}")
    for operation_id in ENDLESS:
        schema = schema.exclude(operation_id=operation_id)

    class Walk(schema.as_state_machine()):
        def setup(self):
            copy(kept, live)

        def before_call(self, case):
            if case.operation.label == "POST /api/v1/jobs" and case.media_type == "application/json":
                case.body = {"pipeline": "text.keywords", "text": "a harbour at night"}

        def call(self, case, **_):
            response = ask(case)
            answered[case.operation.label, response.status_code] += 1
            return response

        def validate_response(self, response, case, additional_checks=(), **_):
            try:
                case.validate_response(response, checks=[*CHECKS_OF_WALKS, *additional_checks])
            except (AssertionError, ExceptionGroup) as failure:
                failures.setdefault((case.operation.label, response.status_code), str(failure))

    bounds = hypothesis_settings(
        max_examples=WALKS_A_RUN,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for run in range(MOST_RUNS):
        if run >= RUNS and len(followed(answered)) >= FOLLOWED:
            break
        with suppress(Flaky):
            run_state_machine_as_test(seed(run)(Walk), settings=bounds)

    assert failures == {}
    assert len(followed(answered)) >= FOLLOWED


def followed(answered):
    """The operations that succeeded with an id which another answer told."""
    return {operation for operation, status in answered if "{" in operation and status < 300}
