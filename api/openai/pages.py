"""Lists in OpenAI's API: what comes behind the last that was seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

USUAL = 20


class PageQuery(BaseModel):
    """Which page is wanted."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, max_length=100, description="`last_id` of the page before.")
    limit: int = Field(USUAL, ge=1, description="How many to tell at most.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: so many, behind the one with the id ``after``."""

    after: str | None
    limit: int


def wanted_page(query: PageQuery, id_of: Callable[[str, str], str], most: int) -> Page:
    """The page that a ``query`` wants, of ``most`` at the most. Raises BadCall."""
    return Page(id_of(query.after, "after") if query.after else None, min(query.limit, most))


def page_of(found: Sequence[Mapping[str, Any]], page: Page) -> Response:  # Any: JSON
    """What was found, which may be one more than is wanted: that one says that there is more."""
    told = found[: page.limit]
    ends = {"first_id": told[0]["id"], "last_id": told[-1]["id"]} if told else {"first_id": None, "last_id": None}
    return jsonify({"object": "list", "data": told, **ends, "has_more": len(found) > page.limit})
