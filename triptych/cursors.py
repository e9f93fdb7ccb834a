"""Where a list goes on: behind a row of its owner's, and nowhere else."""

from typing import Any

from sqlalchemy import Connection, Row, Select


class UnknownCursor(LookupError):
    """Nothing stands there in the list that is asked for; the message is the cursor."""


def found_at(connection: Connection, cursor: str, its: Select[Any]) -> Row[Any]:  # Any: columns of several types
    """The row of a cursor, which ``its`` selects from the list alone. Raises UnknownCursor."""
    row = connection.execute(its).one_or_none()
    if row is None:
        raise UnknownCursor(cursor)
    return row
