"""Answers: a typed model as JSON, and of a page where the next one is."""

from http import HTTPStatus
from urllib.parse import quote, urlencode

from flask import Response, request
from pydantic import BaseModel


def answer(model: BaseModel, status: int = HTTPStatus.OK) -> Response:
    """``model`` as a JSON response; one that has a ``next`` is a page, and a ``Link`` leads to the page behind it."""
    response = Response(model.model_dump_json(), status=status, mimetype="application/json")
    following = getattr(model, "next", None)
    if following is not None and request.method in ("GET", "HEAD"):
        response.headers["Link"] = f'<{_address(getattr(model, "follow_by", "cursor"), following)}>; rel="next"'
    return response


def _address(follow_by: str, following: object) -> str:
    """That of this request, but for where the list goes on (RFC 8288)."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != follow_by]
    return f"{quote(request.path)}?{urlencode([*asked, (follow_by, following)])}"
