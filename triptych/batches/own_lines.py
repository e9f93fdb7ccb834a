"""Lines of Triptych's own batches: a pipeline, its parameters, and a text, stored files or files that came along."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.catalogue import Pipeline, catalogue
from triptych.batches.line import Asked, BadLine, Ended, Inline, JsonObject, Member, Source, Stored
from triptych.jobs.job import Job
from triptych.memory.archive.shapes import told
from triptych.names import name_of_text
from triptych.store import Store

CUSTOM_ID_CHARACTERS = 255
PATH_CHARACTERS = 1000


class OwnLine(BaseModel):
    """One line of a manifest. What it leaves out is as the batch has it."""

    model_config = ConfigDict(extra="forbid")

    custom_id: str | None = Field(None, min_length=1, max_length=CUSTOM_ID_CHARACTERS)
    pipeline: str | None = Field(None, max_length=64)
    params: dict[str, Any] = Field(default_factory=dict)
    text: str | None = None
    file: UUID | None = None
    files: list[UUID] = Field(default_factory=list, max_length=100)
    path: str | None = Field(None, min_length=1, max_length=PATH_CHARACTERS)
    paths: list[str] = Field(default_factory=list, max_length=100)


def read_line(line: JsonObject, of_all: JsonObject) -> Asked:
    """The job that ``line`` asks for; ``of_all`` has the batch's pipeline and parameters. Raises BadLine.

    The line's parameters are laid over the batch's, which belong to the batch's pipeline alone.
    """
    try:
        asked = OwnLine.model_validate(line)
    except ValidationError as error:
        raise BadLine("invalid_request", told(error)) from None
    name = asked.pipeline or of_all.get("pipeline")
    if name is None:
        raise BadLine("unknown_pipeline", "neither the line nor the batch names a pipeline")
    pipeline = offered_pipeline(name)
    params = {**(of_all.get("params") or {} if name == of_all.get("pipeline") else {}), **asked.params}
    sources = _sources(asked)
    _check_count(pipeline, sources)
    return Asked(asked.custom_id, pipeline, valid_params(pipeline, params), sources, bool(of_all.get("remember", True)))


def offered_pipeline(name: str) -> Pipeline:
    """The pipeline of this name, if anybody may ask for it. Raises BadLine."""
    found = catalogue().get(name)
    if found is None or found.is_internal:
        raise BadLine("unknown_pipeline", f"there is no pipeline {name[:64]!r}")
    return found


def valid_params(pipeline: Pipeline, params: JsonObject) -> JsonObject:
    """``params`` with what is left out filled in. Raises BadLine."""
    try:
        return pipeline.params.model_validate(params).model_dump(mode="json")
    except ValidationError as error:
        raise BadLine("invalid_params", told(error, "params")) from None


def check_shared(pipeline: Pipeline | None, params: JsonObject) -> None:
    """Raise BadLine for what holds for all lines and can be right for none; what is missing, lines may have."""
    if pipeline is None:
        if params:
            raise BadLine("invalid_request", "params: they belong to a pipeline: name it")
        return
    try:
        pipeline.params.model_validate(params)
    except ValidationError as error:
        if any(one["type"] != "missing" for one in error.errors()):
            raise BadLine("invalid_params", told(error, "params")) from None


def write_line(_store: Store, ended: Ended) -> JsonObject:
    """What came of a line: the job's result with where its outputs are fetched, or what went wrong."""
    job = ended.job
    return {
        "number": ended.number,
        "custom_id": ended.custom_id,
        "state": ended.state,
        "job_id": job.id if job else None,
        "pipeline": job.pipeline if job else None,
        "inputs": [{"file_id": file.id, "name": file.name} for file in job.inputs] if job else [],
        "result": dict(job.result) if job and job.result is not None else None,
        "engine": dict(job.engine) if job and job.engine is not None else None,
        "warnings": list(job.warnings) if job else [],
        "outputs": _outputs(job) if job else [],
        "error": dict(ended.error) if ended.error else None,
    }


def _outputs(job: Job) -> list[dict[str, Any]]:  # Any: JSON
    return [
        {
            "name": output.name,
            "media_type": output.media_type,
            "size_bytes": output.size_bytes,
            "url": f"/api/v1/jobs/{job.id}/outputs/{quote(output.name, safe='')}",
        }
        for output in job.outputs
    ]


def _sources(asked: OwnLine) -> list[Source]:
    ids = [*([asked.file] if asked.file else []), *asked.files]
    paths = [*([asked.path] if asked.path else []), *asked.paths]
    found: list[Source] = [*(Stored(str(one)) for one in ids), *(Member(path) for path in paths)]
    if asked.text is None:
        return found
    if found:
        raise BadLine("invalid_request", "text: name a text or files, not both")
    if not asked.text.strip():
        raise BadLine("empty_file", "text: the text is empty: there is nothing to work on")
    return [Inline(name_of_text(asked.text), asked.text.encode())]


def _check_count(pipeline: Pipeline, sources: Sequence[Source]) -> None:
    least, most = pipeline.min_sources, pipeline.max_sources
    if not least <= len(sources) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise BadLine("invalid_request", f"{pipeline.name} works on {wanted} files or texts; there are {len(sources)}")
