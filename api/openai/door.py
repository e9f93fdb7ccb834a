"""Every route under ``/v1``; docs/openai.md says which there are, api/openai/document.py what their bodies are."""

from typing import NoReturn

from flask import Blueprint, Flask, request

from api.openai import audio, batches, files, models, texts
from api.openai.errors import PREFIX, UNKNOWN_URL, refusal, retell_problems
from triptych.batches.batch import UnknownBatch
from triptych.files import UnknownFile
from triptych.openai.calls import BadCall
from triptych.openai.ids import BATCH, FILE, UnknownId

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def register_openai(app: Flask) -> None:
    """Have ``app`` speak OpenAI's API."""
    door = Blueprint("openai", __name__, url_prefix=PREFIX)
    door.add_url_rule("/models", view_func=models.models)
    door.add_url_rule("/models/<path:model>", view_func=models.model)
    door.add_url_rule("/audio/transcriptions", view_func=audio.transcriptions, methods=["POST"])
    door.add_url_rule("/audio/speech", view_func=audio.speak, methods=["POST"])
    door.add_url_rule("/audio/translations", view_func=audio.translations, methods=["POST"])
    door.add_url_rule("/chat/completions", view_func=texts.chat_completions, methods=["POST"])
    door.add_url_rule("/embeddings", view_func=texts.embeddings, methods=["POST"])
    door.add_url_rule("/files", view_func=files.upload, methods=["POST"], endpoint="bring_file")
    door.add_url_rule("/files", view_func=files.index, endpoint="files")
    door.add_url_rule("/files/<file_id>", view_func=files.show, endpoint="file")
    door.add_url_rule("/files/<file_id>", view_func=files.delete, methods=["DELETE"], endpoint="remove_file")
    door.add_url_rule("/files/<file_id>/content", view_func=files.fetch, endpoint="file_content")
    door.add_url_rule("/batches", view_func=batches.create, methods=["POST"], endpoint="create_batch")
    door.add_url_rule("/batches", view_func=batches.index, endpoint="batches")
    door.add_url_rule("/batches/<batch_id>", view_func=batches.show, endpoint="batch")
    door.add_url_rule("/batches/<batch_id>/cancel", view_func=batches.cancel, methods=["POST"], endpoint="cancel_batch")
    door.add_url_rule("/<path:rest>", view_func=_nothing, methods=METHODS)
    door.add_url_rule("", view_func=_nothing, methods=METHODS)
    door.add_url_rule("/", view_func=_nothing, methods=METHODS)
    door.register_error_handler(BadCall, refusal)
    door.register_error_handler(UnknownFile, lambda error: refusal(UnknownId("file", f"{FILE}{error}")))
    door.register_error_handler(UnknownBatch, lambda error: refusal(UnknownId("batch", f"{BATCH}{error}")))
    app.register_blueprint(door)
    retell_problems(app)


def _nothing(**_rest: str) -> NoReturn:
    raise BadCall(f"there is no {request.method} {request.path[:200]} here", code=UNKNOWN_URL, status=404)
