"""How a row tells of a user, wherever one is joined."""

from typing import Any

from sqlalchemy import Column, Row, Select

from triptych.accounts.tables import users
from triptych.accounts.values import Quotas, Role, User
from triptych.store import Store

USER_COLUMNS: tuple[Column[Any], ...] = (  # Any: each of its own type
    users.c.id,
    users.c.email,
    users.c.name,
    users.c.role,
    users.c.created_at,
    users.c.disabled_at,
    users.c.quota_queued,
    users.c.quota_bytes,
    users.c.quota_in_flight,
    users.c.quota_uploads,
)


def user_of(row: Row[Any]) -> User:
    """The user in a row that has ``USER_COLUMNS``."""
    quotas = Quotas(row.quota_queued, row.quota_bytes, row.quota_in_flight, row.quota_uploads)
    return User(row.id, row.email, row.name, Role(row.role), row.created_at, row.disabled_at, quotas)


def roles_in(store: Store, wanted: Select[str, str]) -> dict[str, Role]:
    """The roles that a query finds, by the ids that stand before them."""
    with store.database.read() as connection:
        return {its_id: Role(role) for its_id, role in connection.execute(wanted)}
