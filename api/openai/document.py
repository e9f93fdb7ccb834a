"""What the OpenAPI document says of ``/v1``, whose routes flask-openapi does not know."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.openai import audio, batches, files, models, texts
from api.openai.codes import ANSWERED, FORM_ASKED, JSON_ASKED, errors
from api.openai.pages import PageQuery
from api.schemas import openai as told
from triptych.openai.batches import CreateBatch
from triptych.openai.chat_request import ChatRequest
from triptych.openai.embeddings import EmbeddingRequest
from triptych.openai.speech import Form, SpeechRequest

Json = dict[str, Any]  # Any: JSON

TAG = "openai"
PREFIX = "OpenAI"  # of what the schemas are called: the house has files and batches of its own
EVENTS: Json = {"text/event-stream": {}}  # no schema: tools do not agree if one is of an event or of all of them
BINARY = {"schema": {"type": "string", "format": "binary"}}
SOUNDS = ("audio/mpeg", "audio/wav", "audio/ogg", "audio/flac", "audio/aac", "audio/pcm")
assert len(SOUNDS) == len(Form)
SUBTITLES = {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "application/x-subrip", "text/vtt")}
JOB: Json = {
    "Triptych-Job": {"description": "The job that answers.", "schema": {"type": "string", "format": "uuid"}},
}
SCHEMAS: tuple[type[BaseModel], ...] = (
    told.Error,
    told.Model,
    told.ModelList,
    told.Transcription,
    told.TranscriptionForm,
    told.TranslationForm,
    told.FileForm,
    told.Embeddings,
    told.Completion,
    told.File,
    told.FileList,
    told.FileGone,
    told.Batch,
    told.BatchList,
    CreateBatch,
    ChatRequest,
    EmbeddingRequest,
    SpeechRequest,
)


def openai_paths() -> Json:
    """Every path under ``/v1``."""
    return {
        "/v1/models": {"get": _told(models.models, told.ModelList)},
        "/v1/models/{model}": {"get": _told(models.model, told.Model, "model_not_found", names="model")},
        "/v1/audio/transcriptions": {
            "post": _answered(audio.transcriptions, told.TranscriptionForm, told.Transcription, {**SUBTITLES, **EVENTS})
        },
        "/v1/audio/translations": {
            "post": _answered(audio.translations, told.TranslationForm, told.Transcription, SUBTITLES)
        },
        "/v1/audio/speech": {
            "post": _answered(audio.speak, SpeechRequest, None, {**dict.fromkeys(SOUNDS, BINARY), **EVENTS})
        },
        "/v1/chat/completions": {"post": _answered(texts.chat_completions, ChatRequest, told.Completion, EVENTS)},
        "/v1/embeddings": {"post": _answered(texts.embeddings, EmbeddingRequest, told.Embeddings, {})},
        "/v1/files": {
            "get": _told(files.index, told.FileList, *PAGED, query=files.FileQuery),
            "post": _told(files.upload, told.File, *FORM_ASKED, asked=told.FileForm),
        },
        "/v1/files/{file_id}": {
            "get": _told(files.show, told.File, *NAMED, "still_recording", names="file_id"),
            "delete": _told(files.delete, told.FileGone, *NAMED, "file_in_use", "wrong_state", names="file_id"),
        },
        "/v1/files/{file_id}/content": {"get": _content()},
        "/v1/batches": {
            "get": _told(batches.index, told.BatchList, *PAGED, query=PageQuery),
            "post": _told(batches.create, told.Batch, *JSON_ASKED, *NAMED, "quota_exceeded", asked=CreateBatch),
        },
        "/v1/batches/{batch_id}": {"get": _told(batches.show, told.Batch, *NAMED, names="batch_id")},
        "/v1/batches/{batch_id}/cancel": {
            "post": _told(batches.cancel, told.Batch, *NAMED, "wrong_state", names="batch_id")
        },
    }


PAGED = ("invalid_value", "not_found", "unsupported_parameter", "unsupported_value")
NAMED = ("not_found",)


def openai_schemas() -> Json:
    """The schemas of its bodies, by their names in the document."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in SCHEMAS]
    _, found = models_json_schema(wanted, ref_template=f"#/components/schemas/{PREFIX}{{model}}")
    return {f"{PREFIX}{name}": schema for name, schema in found["$defs"].items()}


def _answered(
    view: Callable[[], Response], asked: type[BaseModel], answer: type[BaseModel] | None, besides: Json
) -> Json:
    """What a job answers."""
    ways = JSON_ASKED if "file" not in asked.model_fields else FORM_ASKED
    operation = _told(view, answer, *ways, *ANSWERED, asked=asked)
    operation["responses"]["200"]["content"] |= besides
    operation["responses"]["200"]["headers"] = JOB
    return operation


def _content() -> Json:
    operation = _told(files.fetch, None, *NAMED, "still_recording", "range_not_satisfiable", names="file_id")
    operation["responses"]["200"]["content"] = {"*/*": BINARY}
    return operation


def _told(
    view: Callable[..., Response],
    answer: type[BaseModel] | None,
    *codes: str,
    asked: type[BaseModel] | None = None,
    names: str = "",
    query: type[PageQuery] | None = None,
) -> Json:
    """An operation of ``view``, whose docstring says what it does."""
    summary, _, description = (view.__doc__ or "").partition("\n")
    operation: Json = {"tags": [TAG], "summary": summary, "parameters": []}
    if description.strip():
        operation["description"] = description.strip()
    if names:
        schema = {"type": "string"}
        operation["parameters"] = [{"name": names, "in": "path", "required": True, "schema": schema}]
    if query is not None:
        operation["parameters"] = list(_query(query))
    if asked is not None:
        kind = "multipart/form-data" if "file" in asked.model_fields else "application/json"
        operation["requestBody"] = {"required": True, "content": {kind: _referred(asked)}}
    content = {} if answer is None else {"application/json": _referred(answer)}
    operation["responses"] = {"200": {"description": "OK", "content": content}, **errors(*codes)}
    return operation


def _query(query: type[PageQuery]) -> Iterator[Json]:
    for name, schema in query.model_json_schema()["properties"].items():
        described = {"description": schema["description"]} if "description" in schema else {}
        yield {"name": name, "in": "query", "required": False, "schema": schema, **described}


def _referred(model: type[BaseModel]) -> Json:
    return {"schema": {"$ref": f"#/components/schemas/{PREFIX}{model.__name__}"}}
