"""What is asked as JSON."""

from flask import Response, request

from api.bodies.chunks import whole_body
from api.bodies.strict_json import read_json
from api.openai.answering import answered
from api.room import room
from triptych.openai.embeddings import embedding


def embeddings() -> Response:
    """Turn texts into vectors."""
    return answered(embedding(asked_json()))


def asked_json() -> object:
    """The current request's body. Raises Refused."""
    return read_json(whole_body(request, room().settings.json_bytes))
