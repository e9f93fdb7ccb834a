"""Which SQL an act executes."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from triptych.store import Store


def statements_of(store: Store, act: Callable[[], object]) -> list[tuple[str, Any]]:  # Any: as the driver takes them
    """The SQL that was executed with its parameters, each statement once, however many rows it had."""
    executed: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        executed.append((statement, parameters))

    event.listen(store.database.engine, "before_cursor_execute", note)
    act()
    event.remove(store.database.engine, "before_cursor_execute", note)
    return executed
