"""What every answer is held to by the OpenAPI document, beyond what schemathesis checks by itself."""

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ensure_resource_availability,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    use_after_free,
)

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")  # tus' bytes are bytes

MODELS = {
    "/v1/audio/speech": "tts-1",
    "/v1/audio/transcriptions": "whisper-1",
    "/v1/audio/translations": "whisper-1",
    "/v1/embeddings": "text-embedding-3-small",
}
PROBLEM = "application/problem+json"
ENDLESS = ("events_stream", "socket", "listen")
"""Operations that answer for as long as something may happen."""


def only_told_problems(_context, response, case):
    """A problem has a code that its operation is documented with, or that any request may be told."""
    told = case.operation.definition.raw["responses"]
    status = str(response.status_code)
    if response.headers.get("content-type", [""])[0] != PROBLEM or not response.content:  # as of HEAD
        return
    documented = {
        code
        for where in (status, "default")
        for code in told.get(where, {}).get("content", {}).get(PROBLEM, {}).get("examples", {})
    }
    code = response.json()["code"]
    assert code in documented, f"{status} {code} is not among {sorted(documented)}"


def only_told_errors(_context, response, case):
    """An error of OpenAI's API, too, has a code that its operation is documented with, or that any request may have."""
    told = case.operation.definition.raw["responses"]
    if not case.operation.path.startswith("/v1/") or response.status_code < 400 or not response.content:
        return
    documented = {
        code
        for where in (str(response.status_code), "default")
        for code in told.get(where, {}).get("content", {}).get("application/json", {}).get("examples", {})
    }
    code = response.json()["error"]["code"]
    assert code in documented, f"{response.status_code} {code} is not among {sorted(documented)}"


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
    only_told_problems,
    only_told_errors,
]
CHECKS_OF_WALKS = [*CHECKS, use_after_free, ensure_resource_availability]


def ask(case):
    """Send what was generated, to the end of its answer, but wait for nothing.

    A call of OpenAI's API asks for a model that there is: with others it would not come far.
    """
    if case.operation.path in MODELS and isinstance(case.body, dict) and "model" in case.body:
        case.body = {**case.body, "model": MODELS[case.operation.path]}
    if "wait" in (case.query or {}):
        case.query["wait"] = 0
    return case.call(base_url="http://localhost", buffered=True)
