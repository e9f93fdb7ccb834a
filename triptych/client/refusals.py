"""Answers that grant nothing, as exceptions."""

from collections.abc import Mapping
from http import HTTPStatus

import httpx2
from pydantic import ValidationError

from triptych.client.errors import ClientError, Misunderstood, NotAllowed, NotFound, Refused, Unreachable
from triptych.client.records.problem import Problem

GATEWAYS = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
KINDS: Mapping[int, type[Refused]] = {401: NotAllowed, 403: NotAllowed, 404: NotFound}


def refusal_of(response: httpx2.Response, url: str) -> ClientError:
    """What an answer of the API at ``url`` that is no success is raised as."""
    content = response.read()
    try:
        problem = _untold(response) if response.request.method == "HEAD" else Problem.model_validate_json(content)
    except ValidationError:
        said = f"answers {response.status_code} {response.reason_phrase}".strip()
        if response.status_code in GATEWAYS:
            return Unreachable(url, f"it {said}")
        elsewhere = response.headers.get("Location")
        mend = f"it is at {elsewhere}" if response.is_redirect and elsewhere else "is it Triptych?"
        return Misunderstood(f"{response.request.url} {said}: {mend}")
    return refused_by(problem, _seconds(response.headers.get("Retry-After")))


def refused_by(problem: Problem, again_s: float | None = None) -> Refused:
    """``problem`` as an exception."""
    return KINDS.get(problem.status, Refused)(problem, again_s)


def _untold(response: httpx2.Response) -> Problem:
    """The problem of an answer that may have no body: its status is all that is known."""
    said = f"{response.status_code} {response.reason_phrase}"
    return Problem(title=response.reason_phrase, status=response.status_code, code="", detail=f"the API answers {said}")


def _seconds(told: str | None) -> float | None:
    """Of ``Retry-After`` (RFC 9110, 10.2.3) the form that this API uses; a date counts as not told."""
    return float(told) if told and told.isdecimal() else None
