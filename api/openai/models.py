"""The models that may be asked for."""

from flask import Response, jsonify

from api.engines import engines
from api.offload import offload
from api.room import room
from pipelines.models.present import find_models
from triptych.openai.calls import UnknownModel
from triptych.openai.names import Offered, offered


def models() -> Response:
    """List the models that are here, and OpenAI's names for what they do."""
    return jsonify({"object": "list", "data": [_told(one) for one in _offered()]})


def model(model: str) -> Response:
    """Tell of one model."""
    for one in _offered():
        if one.name == model:
            return jsonify(_told(one))
    raise UnknownModel(model, "GET /v1/models lists those there are")


def _offered() -> list[Offered]:
    settings = room().settings
    found = offload(find_models, settings.models)
    able = [(one.capability, one.engine) for one in engines(settings) if one.available]
    return offered(found.values(), able, settings.answer_model)


def _told(one: Offered) -> dict[str, object]:
    """``root`` is what answers in that name."""
    return {"id": one.name, "object": "model", "created": int(one.since), "owned_by": "triptych", "root": one.root}
