"""What a request for a job asks, from either form, checked to the last value before anything is kept."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import request
from pydantic import ValidationError

from api.bodies.chunks import whole_body
from api.bodies.multipart_form import Bounds, Form, received_form
from api.bodies.received import FORM_OVERHEAD_BYTES, FORM_TYPE
from api.bodies.strict_json import read_json
from api.offload import offload
from api.problems import Refused, invalid, refuse_validation
from api.room import room
from api.routes.idempotency import fingerprint
from api.schemas.requests import JobRequest, JobSelection
from pipelines.catalogue import Pipeline, catalogue
from triptych.jobs.selection import Selection
from triptych.names import name_of_text
from triptych.uploads import INLINE_BYTES, Text, Upload

FIELDS = ("pipeline", "text", "params", "priority", "time_limit_s", "fresh", "remember")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that is asked for: parameters are valid; uploads are not looked at yet; a ``text`` is a short one."""

    pipeline: Pipeline
    params: dict[str, Any]  # Any: JSON
    asked: JobRequest
    uploads: Sequence[Upload] = ()
    text: Text | None = None

    @property
    def files(self) -> list[str]:
        """The ids of the stored files."""
        return [str(file_id) for file_id in self.asked.files]

    def fingerprint(self) -> str:
        """A hash of everything that was asked, contents included."""
        came = [(upload.name, upload.draft.blob.sha256) for upload in self.uploads]
        said = {
            "pipeline": self.pipeline.name,
            "params": self.params,
            "priority": self.asked.priority,
            "time_limit_s": self.asked.time_limit_s,
            "fresh": self.asked.fresh,
            "remember": self.asked.remember,
            "files": self.files,
            "uploads": came if self.text is None else [(self.text.name, self.text.sha256)],
        }
        return fingerprint(said)


def wanted_selection() -> Selection:
    """Read which jobs the current request means. Raises Refused."""
    asked = read_json(whole_body(request, room().settings.json_bytes))
    try:
        wanted = JobSelection.model_validate(asked)
    except ValidationError as error:
        refuse_validation(error, known=JobSelection.model_fields)
    after = str(wanted.cursor) if wanted.cursor else None
    return Selection([str(job_id) for job_id in wanted.ids], wanted.states, wanted.pipeline, after)


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
    asked = _model(read_json(whole_body(request, room().settings.json_bytes)))
    with _checked(asked) as wanted:
        yield wanted


@contextmanager
def _from_form() -> Iterator[Wanted]:
    here = room()
    bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
    with received_form(request, here.store.blobs, bounds, _EarlyCheck()) as form:
        asked = _model(_as_json(form))
        with _checked(asked, form.uploads) as wanted:
            yield wanted


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
            valid_params(self._pipeline, read_json(self._params))


def _as_json(form: Form) -> dict[str, Any]:  # Any: JSON, checked by the model
    asked: dict[str, Any] = dict(form.fields)
    if "params" in asked:
        asked["params"] = read_json(asked["params"])
    return asked


def _model(asked: object) -> JobRequest:
    try:
        return JobRequest.model_validate(asked)
    except ValidationError as error:
        refuse_validation(error, known=JobRequest.model_fields)


@contextmanager
def _checked(asked: JobRequest, uploads: Sequence[Upload] = ()) -> Iterator[Wanted]:
    """What is asked, with its parameters filled in; a long text is an upload for the block. Raises Refused."""
    pipeline = _pipeline(asked.pipeline)
    params = valid_params(pipeline, asked.params)
    _check_sources(pipeline, asked, len(uploads))
    text = None if asked.text is None else _text(asked.text)
    if text is None or len(text.content) <= INLINE_BYTES:
        yield Wanted(pipeline, params, asked, uploads, text)
        return
    draft = offload(room().store.blobs.receive, [text.content], len(text.content))
    try:
        yield Wanted(pipeline, params, asked, [Upload(text.name, draft, media_type="text/plain")])
    finally:
        draft.discard()


def _check_sources(pipeline: Pipeline, asked: JobRequest, uploads: int) -> None:
    sources = uploads + len(asked.files) + (asked.text is not None)
    if asked.text is not None and sources > 1:
        raise invalid("text", "send text or files, not both")
    if pipeline.max_sources == 0 and sources:
        raise invalid("files", f"{pipeline.name} works on no file and no text; there are {sources}")
    if not pipeline.min_sources <= sources <= pipeline.max_sources:
        raise invalid("files", f"{pipeline.name} works on {_wanted_sources(pipeline)}; there are {sources}")


def _wanted_sources(pipeline: Pipeline) -> str:
    least, most = pipeline.min_sources, pipeline.max_sources
    if least > 1:
        return f"{least} files" if least == most else f"{least} to {most} files"
    if most == 1:
        return "one file or on text"
    return f"{'one' if least else 'no file'} to {most} files or on text"


def _text(text: str) -> Text:
    if not text.strip():
        raise invalid("text", "the text is empty: there is nothing to work on", "empty_file")
    return Text(name_of_text(text), text.encode())


def _pipeline(name: str) -> Pipeline:
    offered = [one.name for one in catalogue().values() if not one.is_internal]
    if name not in offered:
        raise invalid("pipeline", f"there is no {name[:64]!r}; there are {', '.join(offered)}", "unknown_pipeline")
    return catalogue()[name]


def valid_params(pipeline: Pipeline, params: object) -> dict[str, Any]:
    """``params`` with what is left out filled in. Raises Refused."""
    try:
        return pipeline.params.model_validate(params).model_dump(mode="json")
    except ValidationError as error:
        refuse_validation(error, within="params", code="invalid_params", known=pipeline.params.model_fields)
