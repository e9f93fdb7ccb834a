"""An error as the API tells it (RFC 9457)."""

from pydantic import Field

from triptych.client.records.base import Record


class FieldError(Record):
    """One value that is wrong."""

    where: str
    message: str


class Problem(Record):
    """An error. ``code`` is stable; ``detail`` is for people and names the mend."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
