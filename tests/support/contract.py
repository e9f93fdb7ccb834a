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


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
    only_told_problems,
]
CHECKS_OF_WALKS = [*CHECKS, use_after_free, ensure_resource_availability]


def ask(case):
    """Send what was generated, to the end of its answer, but wait for nothing."""
    if "wait" in (case.query or {}):
        case.query["wait"] = 0
    return case.call(base_url="http://localhost", buffered=True)
