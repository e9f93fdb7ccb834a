"""Lists that the API tells page by page, as one iterator that asks for a page when it is needed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)
C_co = TypeVar("C_co", covariant=True)


class Page(Protocol[T_co, C_co]):
    """What every page has."""

    @property
    def items(self) -> Sequence[T_co]: ...  # noqa: D102 - the name says it

    @property
    def next(self) -> C_co | None: ...  # noqa: D102


def all_of(ask: Callable[[C_co | None], Page[T_co, C_co]]) -> Iterator[T_co]:
    """Every item; ``ask`` is given the cursor of a page, None for the first."""
    cursor: C_co | None = None
    while True:
        page = ask(cursor)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next


def between(created_after: datetime | None, created_before: datetime | None) -> dict[str, str]:
    """What a list is asked for that is to have what came then or later, and before then."""
    moments = {"created_after": created_after, "created_before": created_before}
    return {name: at.astimezone(UTC).isoformat() for name, at in moments.items() if at is not None}
