"""A call of OpenAI's API as the job that answers it, and the ways in which one is refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.catalogue import Pipeline, catalogue
from triptych.jobs.job import Job, StoredPart

M = TypeVar("M", bound=BaseModel)

JSON = "application/json"
INVALID = "invalid_value"


class BadCall(Exception):
    """A call that cannot be answered: ``param`` names what is wrong, ``code`` is stable, ``status`` is HTTP's."""

    may_pass = False
    """Whether the same call may be answered when it is made again."""

    def __init__(self, message: str, param: str | None = None, code: str = INVALID, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status = message, param, code, HTTPStatus(status)


class NotNow(BadCall):
    """A call that cannot be answered now."""

    may_pass = True

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, code=code, status=503)


class UnknownModel(BadCall):
    """No model of this name does what is asked."""

    def __init__(self, name: str, known: str) -> None:
        super().__init__(f"there is no model {name[:100]!r} for this; {known}", "model", "model_not_found", 404)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a call brings; ``media_type`` is set where the house made it, else its content tells."""

    name: str
    content: bytes
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A job that has succeeded, and how to get at what it made."""

    job: Job
    parts: Callable[[], Iterator[StoredPart]]
    output: Callable[[str], bytes]

    @property
    def result(self) -> Mapping[str, Any]:  # Any: JSON
        """What its pipeline told."""
        return self.job.result or {}

    @property
    def warned(self) -> Mapping[str, Any]:  # Any: JSON
        """What its job warns of, to stand in an answer: nothing where it does not."""
        return {"warnings": list(self.job.warnings)} if self.job.warnings else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and of what media type it is."""

    content: bytes
    media_type: str = JSON


@dataclass(frozen=True, slots=True)
class Call:
    """The job that a call asks for, and ``tell``, which makes the answer of what it made.

    Its inputs are what is ``brought``, in order, behind what the request holds as files, or the ``stored`` files with
    these ids.
    """

    pipeline: str
    params: Mapping[str, Any]  # Any: JSON
    tell: Callable[[Made], Answer]
    brought: tuple[Brought, ...] = field(default=())
    stored: tuple[str, ...] = field(default=())

    @property
    def declared(self) -> Pipeline:
        """The pipeline itself."""
        return catalogue()[self.pipeline]


def valid_params(pipeline: str, params: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:  # Any: JSON
    """``params`` with what is left out filled in. Raises BadCall, naming a value as the call does by ``names``."""
    try:
        return catalogue()[pipeline].params.model_validate(params).model_dump(mode="json")
    except ValidationError as error:
        refuse(error, names)


def asked(model: type[M], body: object) -> M:
    """What a call's ``body`` asks; what is null there is as if it were left out. Raises BadCall."""
    if not isinstance(body, Mapping):
        raise BadCall("a JSON object is wanted")
    try:
        return model.model_validate({name: value for name, value in body.items() if value is not None})
    except ValidationError as error:
        refuse(error)


def refuse(error: ValidationError, names: Mapping[str, str] | None = None) -> NoReturn:
    """Raise BadCall for the first thing that pydantic found wrong."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = [str(step) for step in first["loc"]]
    if place and names:
        place[0] = names.get(place[0], place[0])
    param = ".".join(place) or None
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = "this is not supported here: leave it out"
    code = _CODES.get(first["type"], INVALID)
    raise BadCall(f"{param}: {message}" if param else message, param, code) from None


_CODES = {
    "extra_forbidden": "unsupported_parameter",
    "literal_error": "unsupported_value",
    "missing": "missing_required_parameter",
}
