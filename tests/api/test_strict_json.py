"""JSON that could hurt is refused as the client's mistake, whatever it holds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JOBS = "/api/v1/jobs"
FORM = "multipart/form-data"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"pipeline": "text.keywords", "pipeline": "text.embed", "text": "x"}',
        b'{"pipeline": "text.keywords", "text": "x", "params": {"count": NaN}}',
        b'{"pipeline": "text.keywords", "text": "x", "params": {"count": Infinity}}',
        b'{"pipeline": "text.keywords", "text": "x", "params": {"count": 1e999}}',
        b'{"pipeline": "text.keywords", "text": "a\\u0000b"}',
        b'{"pipeline": "text.keywords", "text": "a\\ud800b"}',
        b'{"pipeline": "text.keywords", "text": "x", "params": {"\\ud800": 1}}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"[" * 70 + b"]" * 70,
        b'{"pipeline": ' + b"9" * 5_000 + b"}",
    ],
)
def test_unusable_json_is_refused(sqlite_client, body):
    response = sqlite_client.post(JOBS, data=body, content_type="application/json")

    assert (response.status_code, response.get_json()["code"]) == (400, "bad_json")


@pytest.mark.parametrize("params", ["{", "[1, 2", '{"count": 1e999}', '{"count": 1, "count": 2}', '{"a": "\\u0000"}'])
def test_unusable_params_in_a_form_are_refused(sqlite_client, params):
    response = sqlite_client.post(
        JOBS, data={"pipeline": "text.keywords", "params": params, "text": "x"}, content_type=FORM
    )

    assert (response.status_code, response.get_json()["code"]) == (400, "bad_json")


@pytest.mark.parametrize("params", ["[]", "1", "null", '"x"'])
def test_params_that_are_no_object_are_refused(sqlite_client, params):
    response = sqlite_client.post(
        JOBS, data={"pipeline": "text.keywords", "params": params, "text": "x"}, content_type=FORM
    )

    assert (response.status_code, response.get_json()["code"]) == (422, "invalid_params")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
asked = st.dictionaries(st.sampled_from(["pipeline", "files", "text", "params", "priority", "x"]), json_values)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=60) | asked)
def test_no_json_makes_the_server_fail(sqlite_client, body):
    import json

    sent = body if isinstance(body, bytes) else json.dumps(body).encode()

    response = sqlite_client.post(JOBS, data=sent, content_type="application/json")

    assert 400 <= response.status_code < 500
    assert response.mimetype == "application/problem+json"
