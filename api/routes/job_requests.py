"""What a request for a job asks, from either form, checked to the last value before anything is kept."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import request
from pydantic import ValidationError

from api.bodies.chunks import whole_body
from api.bodies.multipart_form import Bounds, Form, received_form
from api.bodies.names import name_of_text
from api.bodies.strict_json import read_json
from api.offload import offload
from api.problems import Refused, invalid, refuse_validation
from api.room import room
from api.routes.files import FORM_OVERHEAD_BYTES, FORM_TYPE
from api.schemas.requests import JobRequest
from pipelines.catalogue import Pipeline, catalogue
from triptych.blobs import Blobs
from triptych.uploads import Upload

FIELDS = ("pipeline", "text", "params", "priority")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that is asked for: parameters are valid, files are ids or uploads that nobody has looked at yet."""

    pipeline: Pipeline
    params: dict[str, Any]  # Any: JSON
    asked: JobRequest
    uploads: list[Upload] = field(default_factory=list)

    def fingerprint(self) -> str:
        """A hash of everything that was asked, contents included."""
        said = {
            "pipeline": self.pipeline.name,
            "params": self.params,
            "priority": self.asked.priority,
            "files": [str(file_id) for file_id in self.asked.files],
            "uploads": [(upload.name, upload.draft.blob.sha256) for upload in self.uploads],
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@contextmanager
def wanted_job() -> Iterator[Wanted]:
    """Read the current request; drafts that nobody kept are gone at the end of the block. Raises Refused."""
    if request.mimetype == FORM_TYPE:
        with _from_form() as wanted:
            yield wanted
    elif request.mimetype == "application/json":
        with _from_json() as wanted:
            yield wanted
    else:
        raise Refused(415, "unsupported_media_type", "send application/json or multipart/form-data")


@contextmanager
def _from_json() -> Iterator[Wanted]:
    here = room()
    asked = _model(read_json(whole_body(request, here.settings.json_bytes)))
    pipeline, params = _checked(asked)
    with _text_as_upload(here.store.blobs, asked) as uploads:
        yield Wanted(pipeline, params, asked, uploads)


@contextmanager
def _from_form() -> Iterator[Wanted]:
    here = room()
    bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
    with received_form(request, here.store.blobs, bounds, _EarlyCheck()) as form:
        asked = _model(_as_json(form))
        pipeline, params = _checked(asked, len(form.uploads))
        with _text_as_upload(here.store.blobs, asked) as uploads:
            yield Wanted(pipeline, params, asked, form.uploads + uploads)


class _EarlyCheck:
    """Checks fields while the form comes in, so that a mistake is told before a large file is through."""

    def __init__(self) -> None:
        self._pipeline: Pipeline | None = None
        self._params: str | None = None

    def __call__(self, name: str, value: str) -> None:
        if name not in FIELDS:
            raise invalid(name[:100], f"there is no such field; there are file, {', '.join(FIELDS)}")
        if name == "pipeline":
            self._pipeline = _pipeline(value)
        if name == "params":
            self._params = value
        if self._pipeline and self._params is not None:
            _params(self._pipeline, read_json(self._params))


def _as_json(form: Form) -> dict[str, Any]:  # Any: JSON, checked by the model
    asked: dict[str, Any] = dict(form.fields)
    if "params" in asked:
        asked["params"] = read_json(asked["params"])
    return asked


def _model(asked: object) -> JobRequest:
    try:
        return JobRequest.model_validate(asked)
    except ValidationError as error:
        refuse_validation(error)


def _checked(asked: JobRequest, uploads: int = 0) -> tuple[Pipeline, dict[str, Any]]:
    """The pipeline and its parameters with defaults. Raises Refused."""
    pipeline = _pipeline(asked.pipeline)
    params = _params(pipeline, asked.params)
    sources = uploads + len(asked.files) + (asked.text is not None)
    if asked.text is not None and sources > 1:
        raise invalid("text", "send text or files, not both")
    if not 1 <= sources <= pipeline.max_sources:
        most = "one file" if pipeline.max_sources == 1 else f"one to {pipeline.max_sources} files"
        raise invalid("files", f"{pipeline.name} works on {most} or on text; there are {sources}")
    return pipeline, params


def _pipeline(name: str) -> Pipeline:
    if name not in catalogue():
        raise invalid("pipeline", f"there is no {name[:64]!r}; there are {', '.join(catalogue())}", "unknown_pipeline")
    return catalogue()[name]


def _params(pipeline: Pipeline, params: object) -> dict[str, Any]:
    try:
        return pipeline.params.model_validate(params).model_dump(mode="json")
    except ValidationError as error:
        refuse_validation(error, within="params", code="invalid_params")


@contextmanager
def _text_as_upload(blobs: Blobs, asked: JobRequest) -> Iterator[list[Upload]]:
    """The text that was asked with, if any, as a file; gone at the end of the block unless it was kept."""
    if asked.text is None:
        yield []
        return
    if not asked.text.strip():
        raise invalid("text", "the text is empty: there is nothing to work on", "empty_file")
    content = asked.text.encode()
    draft = offload(blobs.receive, [content], len(content))
    try:
        yield [Upload(name_of_text(asked.text), draft, media_type="text/plain")]
    finally:
        draft.discard()
