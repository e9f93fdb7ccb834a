"""The codes of errors under ``/v1``: the house's, with their statuses there, and those that only calls have."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.codes import ANYWHERE, CODES
from api.openai.errors import RETOLD, UNKNOWN_URL
from triptych.openai.failures import error_body

CALLS: Mapping[int, Mapping[str, str]] = {
    400: {
        "bad_input": "The file is not what can be used here.",
        "invalid_value": "The value is none that could be meant there; `param` names it.",
        "missing_required_parameter": "`param` is missing.",
        "no_audio": "There is no sound track.",
        "no_content": "Nothing is said, shown or written in what is attached.",
        "no_text": "There is nothing that can be pronounced.",
        "too_costly": "A page of a PDF takes too long, or too much memory, to be read.",
        "too_long": "There is more of it than is taken.",
        "too_many_pages": "A document has more pages than are read.",
        "unsupported_parameter": "`param` is not supported here: leave it out.",
        "unsupported_value": "The value could be meant there, but is not taken here; `param` names it.",
    },
    404: {
        "model_not_found": "No model of this name does what is asked.",
        UNKNOWN_URL: "There is no such call here.",
    },
    409: {"job_cancelled": "Somebody cancelled the job that was to answer."},
    500: {
        "encoding_failed": "The sound could not be written in this format.",
        "endless_answer": "The server that writes answers does not stop.",
        "invalid_params": "The worker is of another version than the API: it lacks a parameter.",
        "pipeline_failed": "The work failed; the message says why.",
        "poisoned": "Too many workers died of it.",
        "time_limit": "It took longer than it may.",
        "unknown_pipeline": "The worker is of another version than the API: it lacks the pipeline.",
    },
    503: {
        "away": "What it needs does not answer now.",
        "engine_unavailable": "Nothing here can do this.",
        "interrupted": "What made a stream was lost on the way: ask again.",
        "stopping": "This server stops: ask again in a moment.",
        "transient_failure": "A network or a server failed, or memory ran out.",
    },
}
WRONG = ("invalid_value", "missing_required_parameter", "unsupported_parameter", "unsupported_value")
BODY = ("bad_request", "timeout", "too_large", *WRONG)
JSON_ASKED = (*BODY, "bad_json")
FORM_ASKED = (
    *(*BODY, "bad_multipart", "bad_media", "empty_file", "invalid_request", "media_type_mismatch", "name_too_long"),
    *("no_disk", "quota_exceeded", "too_many_pixels", "unsupported_media_type"),
)
ANSWERED = (
    *(code for codes in CALLS.values() for code in codes if code != UNKNOWN_URL),
    *("bad_media", "encrypted_pdf", "internal", "no_disk", "quota_exceeded", "too_many_pixels", "wrong_media"),
)
"""Of whoever waits for a job."""


def errors(*codes: str) -> dict[str, Any]:  # Any: JSON, here and below
    """The errors of an operation by their statuses, each code shown by its example."""
    found: dict[int, set[str]] = {}
    for code in codes:
        found.setdefault(_STATUSES[code], set()).add(code)
    told = {str(status): _response("Refused" if status < 500 else "Failed", some) for status, some in found.items()}
    return {**dict(sorted(told.items())), "default": _response("Any other error", {*ANYWHERE, UNKNOWN_URL})}


def examples() -> Mapping[str, Any]:
    """An example of each error, by the name that responses refer to."""
    return {
        _name(code): {"summary": _MEANINGS[code], "value": error_body(status, _MEANINGS[code], None, code)}
        for code, status in _STATUSES.items()
    }


def _response(description: str, codes: Iterable[str]) -> dict[str, Any]:
    told = {code: {"$ref": f"#/components/examples/{_name(code)}"} for code in sorted(codes)}
    schema = {"$ref": "#/components/schemas/OpenAIError"}
    return {"description": description, "content": {"application/json": {"schema": schema, "examples": told}}}


def _name(code: str) -> str:
    return f"openai_{code}"


_ALL = [*CODES.items(), *CALLS.items()]
_STATUSES = {code: RETOLD.get(status, status) for status, codes in _ALL for code in codes}
_MEANINGS = {code: meaning for _, codes in _ALL for code, meaning in codes.items()}
