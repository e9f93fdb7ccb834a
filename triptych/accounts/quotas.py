"""What one account may take: what an administrator allows it, else what the settings allow each."""

from sqlalchemy import Connection, bindparam, select

from triptych.accounts.tables import users
from triptych.accounts.values import Quotas
from triptych.settings import Settings

_OWN = select(users.c.quota_queued, users.c.quota_bytes, users.c.quota_in_flight, users.c.quota_uploads).where(
    users.c.id == bindparam("the_owner")
)


def quotas_of(connection: Connection, settings: Settings, owner: str) -> Quotas:
    """The owner's bounds; 0: there is none."""
    own = connection.execute(_OWN, {"the_owner": owner}).one_or_none() if settings.has_accounts else None
    return within(settings, Quotas(*own) if own else Quotas())


def within(settings: Settings, own: Quotas) -> Quotas:
    """The account's ``own`` bounds, those of the settings filled in."""
    return Quotas(
        settings.quota_queued if own.queued is None else own.queued,
        settings.quota_bytes if own.size_bytes is None else own.size_bytes,
        settings.quota_in_flight if own.in_flight is None else own.in_flight,
        settings.quota_uploads if own.uploads is None else own.uploads,
    )
