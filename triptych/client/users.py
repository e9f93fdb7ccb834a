"""Users, invitations and what is written down, for administrators."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.account import (
    Account,
    AccountPage,
    Entry,
    EntryPage,
    Invitation,
    InvitationList,
    NewInvitation,
)
from triptych.client.transport import Ask, Transport

USERS = "/api/v1/users"
INVITATIONS = "/api/v1/invitations"
AUDIT = "/api/v1/audit"
PAGE = 200
WEEK_S = 7 * 86_400


class Users:
    """Who has an account. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self, *, created_after: datetime | None = None, created_before: datetime | None = None
    ) -> Iterator[Account]:
        """Every user, asked for page by page."""
        query = {"limit": PAGE, **between(created_after, created_before)}
        return all_of(
            lambda cursor: self._transport.tell(AccountPage, Ask("GET", USERS, query={**query, "cursor": cursor}))
        )

    def change(
        self,
        user_id: str,
        *,
        role: str | None = None,
        disabled: bool | None = None,
        quotas: Mapping[str, int | None] | None = None,
    ) -> Account:
        """Change what is given. ``disabled`` signs them out everywhere and refuses their keys.

        ``quotas`` are any of ``jobs_queued``, ``jobs_in_flight``, ``file_bytes`` and ``uploads``: 0 is no bound, None
        what the settings say.
        """
        given: dict[str, Any] = {"role": role, "disabled": disabled, "quotas": quotas}  # Any: JSON
        asked = {name: value for name, value in given.items() if value is not None}
        return self._transport.tell(Account, Ask("PATCH", at(USERS, user_id), json=asked))

    def delete(self, user_id: str) -> None:
        """Delete a user who has nothing any more; whoever still has something can be disabled."""
        self._transport.send(Ask("DELETE", at(USERS, user_id)))


class Invitations:
    """Links that make one account each. Every call raises as those of Users."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, email: str, *, role: str = "member", lasts_s: int = WEEK_S) -> NewInvitation:
        """Invite somebody; its ``link`` is told this once. An earlier one for this address is no longer good."""
        asked = {"email": email, "role": role, "lasts_s": lasts_s}
        return self._transport.tell(NewInvitation, Ask("POST", INVITATIONS, json=asked))

    def list(self) -> Sequence[Invitation]:
        """Those that can still be accepted, newest first."""
        return self._transport.tell(InvitationList, Ask("GET", INVITATIONS)).items

    def revoke(self, invitation_id: str) -> None:
        """Have its link do nothing."""
        self._transport.send(Ask("DELETE", at(INVITATIONS, invitation_id)))


class Audit:
    """What was written down. Every call raises Unreachable, Refused or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, created_after: datetime | None = None, created_before: datetime | None = None) -> Iterator[Entry]:
        """What was done, newest first: by anybody, or to those who are no administrators what they did themselves."""
        query = {"limit": PAGE, **between(created_after, created_before)}
        return all_of(
            lambda cursor: self._transport.tell(EntryPage, Ask("GET", AUDIT, query={**query, "cursor": cursor}))
        )
