"""Lines of OpenAI's batches: a call each, and its answer as that API would have given it.

https://platform.openai.com/docs/api-reference/batch/request-input
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from triptych.batches.line import Asked, BadLine, Ended, Inline, JsonObject, Source, Stored
from triptych.jobs.job import Job, StoredPart
from triptych.jobs.reading import list_parts
from triptych.jobs.states import JobState
from triptych.memory.archive.shapes import told
from triptych.openai.calls import JSON, BadCall, Made
from triptych.openai.endpoints import ENDPOINTS
from triptych.openai.failures import error_body, failure
from triptych.store import Store

CUSTOM_ID_CHARACTERS = 255
PAGE = 500  # parts
SPEECH = "/v1/audio/speech"


class CallLine(BaseModel):
    """One line of an input file."""

    model_config = ConfigDict(extra="forbid")

    custom_id: str = Field(min_length=1, max_length=CUSTOM_ID_CHARACTERS)
    method: Literal["POST"]
    url: str
    body: dict[str, Any]  # Any: JSON


def read_line(line: JsonObject, of_all: JsonObject) -> Asked:
    """The job of the call that ``line`` holds, to the batch's ``endpoint`` alone. Raises BadLine."""
    try:
        asked = CallLine.model_validate(line)
    except ValidationError as error:
        raise BadLine("invalid_request", told(error)) from None
    if asked.url != of_all["endpoint"]:
        raise BadLine("invalid_request", f"url: {of_all['endpoint']} is the batch's, not {asked.url[:100]!r}")
    try:
        call, files = ENDPOINTS[asked.url](asked.body)
    except BadCall as error:
        raise BadLine(error.code, error.message) from None
    sources: list[Source] = [Stored(file_id) for file_id in files]
    sources += [Inline(one.name, one.content, one.media_type) for one in call.brought]
    return Asked(asked.custom_id, call.declared, call.params, sources, remember=False)


def write_line(store: Store, ended: Ended) -> JsonObject:
    """What came of a line: the answer to its call, or the error; null and why where it was never answered."""
    head = {"id": f"batch_req_{ended.job.id if ended.job else ended.number}", "custom_id": _custom_id(ended)}
    if ended.job is None or ended.job.state is JobState.CANCELLED:
        if ended.asked is None or ended.job is not None or ended.error is None:
            return {**head, "response": None, "error": _why(ended)}
        refusal = BadCall(ended.error["message"], None, ended.error["code"])
        return {**head, "response": _refusal("", refusal), "error": None}
    try:
        answer = _response(HTTPStatus.OK, ended.job.id, _answer(store, ended.job, ended.asked or {}))
    except BadCall as error:
        answer = _refusal(ended.job.id, error)
    return {**head, "response": answer, "error": None}


def _why(ended: Ended) -> JsonObject:
    return ended.error or {"code": "cancelled", "message": "it was cancelled before it was answered"}


def _custom_id(ended: Ended) -> str | None:
    """As the line has it, of a line that cannot be done too."""
    said = (ended.asked or {}).get("custom_id")
    return ended.custom_id or (said if isinstance(said, str) else None)


def _response(status: int, request_id: str, body: object) -> JsonObject:
    return {"status_code": int(status), "request_id": request_id, "body": body}


def _refusal(request_id: str, error: BadCall) -> JsonObject:
    body = error_body(error.status, error.message, error.param, error.code)
    return _response(error.status, request_id, body)


def _answer(store: Store, job: Job, line: JsonObject) -> object:
    """The body of the answer; sound is told by where it is. Raises BadCall of a job that failed."""
    if job.state is not JobState.SUCCEEDED:
        raise failure(job)
    if line["url"] == SPEECH:
        [output] = job.outputs
        return {"url": f"/api/v1/jobs/{job.id}/outputs/{quote(output.name)}", "media_type": output.media_type}
    call, _ = ENDPOINTS[line["url"]](line["body"])
    answer = call.tell(Made(job, lambda: _parts(store, job), lambda name: _output(store, job, name)))
    return json.loads(answer.content) if answer.media_type == JSON else answer.content.decode()


def _parts(store: Store, job: Job) -> Iterator[StoredPart]:
    after = 0
    while page := list_parts(store, job.owner, job.id, after, PAGE):
        yield from page
        after = page[-1].seq


def _output(store: Store, job: Job, name: str) -> bytes:
    sha256 = next(one.sha256 for one in job.outputs if one.name == name)
    with store.blobs.opened(sha256) as file:
        return file.read()
