"""Answers: a typed model as JSON."""

from http import HTTPStatus

from flask import Response
from pydantic import BaseModel


def answer(model: BaseModel, status: int = HTTPStatus.OK) -> Response:
    """``model`` as a JSON response."""
    return Response(model.model_dump_json(), status=status, mimetype="application/json")
