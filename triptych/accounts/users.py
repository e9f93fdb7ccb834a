"""Users: who has an account."""

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from triptych.accounts.tables import users
from triptych.accounts.values import Role, User
from triptych.ids import new_id
from triptych.store import Store


class EmailTaken(Exception):
    """Somebody has an account with this address already; the message is the address."""


def create_user(store: Store, email: str, name: str, role: Role, password_hash: str | None = None) -> User:
    """A new user. Raises EmailTaken."""
    with store.database.write() as connection:
        return add_user(connection, User(new_id(), email.lower(), name, role, store.clock()), password_hash)


def add_user(connection: Connection, user: User, password_hash: str | None) -> User:
    """``user``, who is there from the transaction's commit on. Raises EmailTaken."""
    row = {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "password_hash": password_hash,
        "created_at": user.created_at,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(users), row)
    except IntegrityError:
        raise EmailTaken(user.email) from None
    return user
