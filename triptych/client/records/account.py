"""Users, invitations and what is written down of them, as the API tells them."""

from typing import Any

from triptych.client.records.base import Record


class Quotas(Record):
    """How much of the house an account may take; None: as the house's settings say; 0: no bound."""

    jobs_queued: int | None = None
    file_bytes: int | None = None
    jobs_in_flight: int | None = None
    uploads: int | None = None


class Account(Record):
    """A user, as administrators see them; ``disabled_at``: since when they may no longer come in."""

    id: str
    email: str
    name: str
    role: str
    created_at: str
    disabled_at: str | None
    quotas: Quotas


class AccountPage(Record):
    """Users, by their ids; ``next`` is the cursor of the next page, None at the end."""

    items: list[Account]
    next: str | None


class Invitation(Record):
    """An invitation that nobody has accepted yet."""

    id: str
    email: str
    role: str
    created_by: str
    created_at: str
    expires_at: str


class NewInvitation(Invitation):
    """An invitation that was just made: ``link``, told this once, is what whoever is invited needs."""

    link: str


class InvitationList(Record):
    """Those that can still be accepted, newest first."""

    items: list[Invitation]


class Entry(Record):
    """What was written down: who did what to what, and from where; ``actor_id`` None: nobody who is known."""

    id: str
    at: str
    actor_id: str | None
    actor: str
    action: str
    object_id: str
    address: str
    detail: dict[str, Any]


class EntryPage(Record):
    """What was written down, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[Entry]
    next: str | None
