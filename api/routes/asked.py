"""What a request's JSON asks, as a model: refused where it is none of its kind."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from api.bodies.chunks import whole_body
from api.bodies.strict_json import read_json
from api.problems import refuse_validation
from api.room import room

M = TypeVar("M", bound=BaseModel)


def asked_body(model: type[M]) -> M:
    """The body of the current request; an empty one asks for what is asked by default. Raises Refused."""
    return checked(model, read_json(whole_body(request, room().settings.json_bytes) or b"{}"))


def checked(model: type[M], asked: object) -> M:
    """What was ``asked``. Raises Refused."""
    try:
        return model.model_validate(asked)
    except ValidationError as error:
        refuse_validation(error, known=model.model_fields)
