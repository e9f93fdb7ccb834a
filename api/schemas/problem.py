"""The one shape of every error (RFC 9457)."""

from pydantic import BaseModel, Field


class FieldError(BaseModel):
    """What is wrong in one place of the request."""

    where: str = Field(description="Path of the value, such as `params.width`, `query.limit` or `files.0`.")
    message: str


class Problem(BaseModel):
    """An error. `code` is stable and part of the API; `detail` is for people and names the mend."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
