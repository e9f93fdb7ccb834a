"""Users, invitations and what is written down of them, as they are told and asked for."""

from typing import Annotated, Any, Self, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.account import Email
from api.schemas.requests import Asked, CameQuery, ListQuery
from api.schemas.worded import Worded
from triptych.accounts.audit import Entry as StoredEntry
from triptych.accounts.invitations import Invitation as StoredInvitation
from triptych.accounts.values import Quotas as StoredQuotas
from triptych.accounts.values import Role
from triptych.accounts.values import User as StoredUser
from triptych.times import iso_time

DAY_S = 86_400
MOST_JOBS = 2**31 - 1
MOST_BYTES = 2**53 - 1  # which every client's numbers hold

_ID = "0198c7a2-5d1e-7b33-9f0e-4a7d2c1b8e90"
_TIME = "2026-11-22T10:00:00.000Z"
UserId: TypeAlias = Annotated[str, Worded(r"^[0-9a-z-]{1,36}$", "an id has at most 36 small letters, digits and -")]

_COLUMNS = {
    "jobs_queued": "quota_queued",
    "file_bytes": "quota_bytes",
    "jobs_in_flight": "quota_in_flight",
    "uploads": "quota_uploads",
}
_Jobs: TypeAlias = Annotated[int, Field(ge=0, le=MOST_JOBS)]


class Quotas(Asked):
    """How much of the house an account may take; null: as the settings say; 0: no bound."""

    jobs_queued: _Jobs | None = Field(None, description="Jobs that wait at a time.", examples=[10_000])
    file_bytes: Annotated[int, Field(ge=0, le=MOST_BYTES)] | None = Field(
        None, description="Bytes of files.", examples=[10**11]
    )

    jobs_in_flight: _Jobs | None = Field(
        None, description="Jobs that run in one lane at a time; the others wait.", examples=[8]
    )
    uploads: _Jobs | None = Field(None, description="Uploads that are under way at a time.", examples=[100])

    @classmethod
    def of(cls, quotas: StoredQuotas) -> Self:
        """Tell ``quotas``."""
        return cls(
            jobs_queued=quotas.queued,
            file_bytes=quotas.size_bytes,
            jobs_in_flight=quotas.in_flight,
            uploads=quotas.uploads,
        )

    def columns(self) -> dict[str, int | None]:
        """Those that were given, as they are kept."""
        return {_COLUMNS[name]: value for name, value in self.model_dump(exclude_unset=True).items()}


class Account(BaseModel):
    """A user, as administrators see them."""

    id: str = Field(examples=[_ID])
    email: str = Field(examples=["ada@triptych.example"])
    name: str = Field(examples=["Ada"])
    role: Role
    created_at: str = Field(examples=[_TIME])
    disabled_at: str | None = Field(description="Since when they may no longer come in.")
    quotas: Quotas

    @classmethod
    def of(cls, user: StoredUser) -> Self:
        """Tell ``user``."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.role,
            created_at=iso_time(user.created_at),
            disabled_at=None if user.disabled_at is None else iso_time(user.disabled_at),
            quotas=Quotas.of(user.quotas),
        )


class AccountPage(BaseModel):
    """Users, by their ids."""

    items: list[Account]
    next: str | None = Field(description="The cursor of the next page.")


class AccountChange(Asked):
    """What is to become of a user; what is not named stays."""

    role: Role | None = Field(None, examples=["viewer"])
    disabled: bool | None = Field(None, description="Signs them out everywhere and refuses their keys.")
    quotas: Quotas | None = Field(None, description="Those that are named change.")

    def columns(self) -> dict[str, Any]:  # Any: columns of several types
        """What was given, as it is kept."""
        given: dict[str, Any] = {"role": self.role, "disabled": self.disabled}
        quotas = self.quotas.columns() if self.quotas else {}
        return {name: value for name, value in given.items() if value is not None} | quotas


class AccountPath(BaseModel):
    """Which user."""

    user_id: UserId


class AccountsQuery(CameQuery):
    """Which page of the users to list."""

    limit: int = Field(50, ge=1, le=200)
    cursor: UserId | None = Field(None, description="`next` of the page before.")


class InvitationRequest(Asked):
    """Whom to invite."""

    email: Email
    role: Role = Field(Role.MEMBER)
    lasts_s: int = Field(7 * DAY_S, ge=60, le=30 * DAY_S, description="Seconds that the link is good for.")


class Invitation(BaseModel):
    """An invitation that nobody has accepted yet."""

    id: str = Field(examples=[_ID])
    email: str = Field(examples=["ada@triptych.example"])
    role: Role
    created_by: str = Field(description="The administrator's id.", examples=["local"])
    created_at: str = Field(examples=[_TIME])
    expires_at: str = Field(examples=[_TIME])

    @classmethod
    def of(cls, invitation: StoredInvitation) -> Self:
        """Tell ``invitation``."""
        return cls(
            id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            created_by=invitation.created_by,
            created_at=iso_time(invitation.created_at),
            expires_at=iso_time(invitation.expires_at),
        )


class NewInvitation(Invitation):
    """An invitation that was just made, with its link."""

    link: str = Field(
        description="Told this once: give it to who is invited.", examples=["https://triptych.example/invitation#..."]
    )


class InvitationList(BaseModel):
    """Those that can still be accepted, newest first."""

    items: list[Invitation]


class InvitationPath(BaseModel):
    """Which invitation."""

    invitation_id: UUID


class Entry(BaseModel):
    """What was written down."""

    id: str = Field(examples=[_ID])
    at: str = Field(examples=[_TIME])
    actor_id: str | None = Field(description="Who did it; null: nobody who is known.")
    actor: str = Field(description="Their address of then.", examples=["ada@triptych.example"])
    action: str = Field(examples=["key.created"])
    object_id: str = Field(description="What it was done to: a user, a key, a session ...", examples=[_ID])
    address: str = Field(description="From where.", examples=["192.0.2.7"])
    detail: dict[str, Any] = Field(examples=[{"name": "nightly import"}])

    @classmethod
    def of(cls, entry: StoredEntry) -> Self:
        """Tell ``entry``."""
        return cls(
            id=entry.id,
            at=iso_time(entry.at),
            actor_id=entry.actor_id,
            actor=entry.actor,
            action=entry.action,
            object_id=entry.object_id,
            address=entry.address,
            detail=dict(entry.detail),
        )


class EntryPage(BaseModel):
    """What was written down, newest first."""

    items: list[Entry]
    next: str | None = Field(description="The cursor of the next page.")


class AuditQuery(ListQuery):
    """Which entries to list."""
