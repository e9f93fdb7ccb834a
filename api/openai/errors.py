"""Errors under ``/v1`` in the shape that OpenAI's clients read, whoever of this application made them.

Problems are retold as they leave, so that a refusal of the guard, of a quota or of no route at all looks alike.
"""

import json
from http import HTTPStatus

from flask import Flask, Response, request

from api.problems import MEDIA_TYPE
from api.schemas.problem import Problem
from triptych.openai.calls import BadCall
from triptych.openai.failures import QUOTA, error_body

PREFIX = "/v1"
RETOLD = {415: 400, 422: 400}  # what is wrong with a request or its file is a 400 to OpenAI's clients
UNKNOWN_URL = "unknown_url"
NO_RETRY = "X-Should-Retry"  # the official SDKs try 409, 429 and 5xx again unless this says false
LASTING = frozenset({QUOTA, "not_implemented"})  # and whatever is a 409: the same call meets the same


def retell_problems(app: Flask) -> None:
    """Have ``app`` tell its problems so under ``/v1``. To be called behind what reads statuses as they are sent."""
    app.after_request(_retell)


def refusal(error: BadCall) -> Response:
    """``error`` as a response, which the official SDKs do not try again where the same would come of it."""
    response = Response(failure_text(error), status=error.status, mimetype="application/json")
    if not error.may_pass:
        response.headers[NO_RETRY] = "false"
    return response


def problem_text(problem: Problem) -> str:
    """A problem of the house's as JSON."""
    status = RETOLD.get(problem.status, problem.status)
    param = problem.errors[0].where if problem.errors else None
    body = error_body(status, problem.detail or problem.title, param, problem.code)
    return json.dumps(body, ensure_ascii=False)


def failure_text(error: BadCall) -> str:
    """``error`` as JSON."""
    return json.dumps(error_body(error.status, error.message, error.param, error.code), ensure_ascii=False)


def _retell(response: Response) -> Response:
    if not f"{request.path}/".startswith(f"{PREFIX}/") or response.mimetype != MEDIA_TYPE:
        return response
    problem = Problem.model_validate_json(response.get_data())
    response.status_code = RETOLD.get(problem.status, problem.status)
    if problem.status == HTTPStatus.CONFLICT or problem.code in LASTING:
        response.headers[NO_RETRY] = "false"
    if problem.status == HTTPStatus.NOT_FOUND and request.url_rule is None:  # a line feed in a name does it
        problem.code = UNKNOWN_URL
    response.set_data(problem_text(problem))
    response.mimetype = "application/json"
    return response
