"""Accounts as they are told and asked for: the session, and keys."""

from datetime import datetime
from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field, field_validator
from pydantic.config import JsonDict

from api.schemas.requests import Asked
from api.schemas.worded import Worded
from triptych.accounts.values import SCOPES, Caller, Role
from triptych.accounts.values import Key as StoredKey
from triptych.accounts.values import Session as StoredSession
from triptych.times import iso_time

_PLAIN = Worded(r"^[^\x00-\x1f\x7f]*$", "a name has no line breaks, tabs or other control characters")
Email: TypeAlias = Annotated[
    str,
    Field(max_length=254, examples=["ada@triptych.example"]),
    Worded(
        r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
        "an address has one @ with something on either side and no spaces, such as ada@triptych.example",
    ),
]
PersonName: TypeAlias = Annotated[str, Field(min_length=1, max_length=100, examples=["Ada"]), _PLAIN]
Password: TypeAlias = Annotated[
    str, Field(max_length=1024, json_schema_extra={"format": "password"}, examples=["four words of one's own"])
]
Token: TypeAlias = Annotated[
    str, Field(max_length=100, description="What stands behind the `#` of the link.", examples=["..."])
]
Mode: TypeAlias = Literal["local", "accounts"]

_SCOPE: JsonDict = {"enum": [*sorted(SCOPES)]}
_ID = "0198c7a2-5d1e-7b33-9f0e-4a7d2c1b8e90"
_TIME = "2026-11-22T10:00:00.000Z"


class User(BaseModel):
    """Who is asking."""

    id: str = Field(examples=[_ID])
    email: str = Field(description="Empty in local mode.", examples=["ada@triptych.example"])
    name: str = Field(examples=["Ada"])
    role: Role


class Limits(BaseModel):
    """What is let in."""

    upload_bytes: int
    direct_uploads: bool = Field(description="Whether files can be sent straight to where they lie.")
    json_bytes: int
    image_pixels: int
    jobs_in_flight: int | None = Field(
        description="Most that run in one lane at a time; null: no bound, as in the next."
    )
    jobs_queued: int | None
    file_bytes: int | None
    uploads: int | None = Field(description="Most that are under way at a time.")


class Session(BaseModel):
    """Who is asking, and what they may."""

    user: User
    mode: Mode
    scopes: list[str] = Field(description="What this session or key may read and write.", examples=[["jobs:read"]])
    csrf_token: str | None = Field(
        description="What `X-CSRF-Token` says with everything that changes something; null: nothing need be said."
    )
    sign_out_url: str | None = Field(
        description="Where to lead the browser after signing out, to end the provider's own session; null: nowhere.",
        examples=[None],
    )
    limits: Limits

    @classmethod
    def of(cls, asking: Caller, mode: Mode, csrf_token: str | None, limits: Limits) -> Self:
        """Tell ``asking`` who they are."""
        user = User(id=asking.user.id, email=asking.user.email, name=asking.user.name, role=asking.user.role)
        return cls(
            user=user,
            mode=mode,
            scopes=sorted(asking.scopes),
            csrf_token=csrf_token,
            sign_out_url=asking.sign_out_url,
            limits=limits,
        )


class DoorProvider(BaseModel):
    """By whom one may come in besides by a password."""

    name: str = Field(description="What the provider is called.", examples=["id.example"])


class Door(BaseModel):
    """How one comes in."""

    mode: Mode = Field(description="`local`: one is in.")
    needs_setup: bool = Field(description="Nobody has an account yet: the house says at its start where to make one.")
    provider: DoorProvider | None = Field(description="Where `POST /oidc/start` leads; null: there is none.")


class SignIn(Asked):
    """Who wants in."""

    email: Email
    password: Password


class SetUp(Asked):
    """The first administrator."""

    token: Token
    email: Email
    name: PersonName
    password: Password


class Acceptance(Asked):
    """Who accepts an invitation."""

    token: Token
    name: PersonName
    password: Password


class PasswordChange(Asked):
    """Another password."""

    old: Password
    new: Password


class Stay(BaseModel):
    """A session of the caller's: one browser that is signed in."""

    id: str = Field(examples=[_ID])
    is_this: bool = Field(description="Whether it is the one that asks.")
    created_at: str = Field(examples=[_TIME])
    seen_at: str = Field(description="To the minute.", examples=[_TIME])
    expires_at: str = Field(examples=[_TIME])
    address: str = Field(description="From where it began.", examples=["192.0.2.7"])
    agent: str = Field(description="What the browser calls itself.", examples=["Mozilla/5.0"])

    @classmethod
    def of(cls, session: StoredSession, this: str | None) -> Self:
        """Tell ``session`` to the one with the id ``this``."""
        return cls(
            id=session.id,
            is_this=session.id == this,
            created_at=iso_time(session.created_at),
            seen_at=iso_time(session.seen_at),
            expires_at=iso_time(session.expires_at),
            address=session.address,
            agent=session.agent,
        )


class StayList(BaseModel):
    """The caller's sessions, newest first."""

    items: list[Stay]


class StayPath(BaseModel):
    """Which session."""

    session_id: UUID


class KeyRequest(Asked):
    """A key to make."""

    name: str = Field(min_length=1, max_length=100, description="What it is for.", examples=["nightly import"])
    scopes: list[Annotated[str, Field(json_schema_extra=_SCOPE)]] = Field(
        min_length=1,
        max_length=len(SCOPES),
        description="What it may: an area, and `read` or `write`.",
        examples=[["jobs:read", "jobs:write"]],
    )
    expires_at: datetime | None = Field(
        None, description="When it ends; with its offset from UTC. Without: when it is revoked.", examples=[_TIME]
    )

    @field_validator("scopes")
    @classmethod
    def _are_known(cls, scopes: list[str]) -> list[str]:
        for scope in scopes:
            if scope not in SCOPES:
                raise ValueError(f"there is no scope {scope[:40]!r}; there are {', '.join(sorted(SCOPES))}")
        return scopes

    @field_validator("expires_at")
    @classmethod
    def _has_a_zone(cls, at: datetime | None) -> datetime | None:
        if at is not None and at.tzinfo is None:
            raise ValueError("say in which zone, such as 2027-01-31T00:00:00Z")
        return at


class Key(BaseModel):
    """An API key, without what it is."""

    id: str = Field(examples=[_ID])
    name: str = Field(examples=["nightly import"])
    prefix: str = Field(description="How it begins.", examples=["tri_9pLq2XaB"])
    scopes: list[str] = Field(examples=[["jobs:read", "jobs:write"]])
    created_at: str = Field(examples=[_TIME])
    last_used_at: str | None = Field(description="To the minute.")
    expires_at: str | None

    @classmethod
    def of(cls, key: StoredKey) -> Self:
        """Tell ``key``."""
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            scopes=sorted(key.scopes),
            created_at=iso_time(key.created_at),
            last_used_at=None if key.last_used_at is None else iso_time(key.last_used_at),
            expires_at=None if key.expires_at is None else iso_time(key.expires_at),
        )


class NewKey(Key):
    """A key that was just made, with what it is."""

    key: str = Field(description="Told this once: `Authorization: Bearer tri_...` shows it.", examples=["tri_..."])

    @classmethod
    def made(cls, key: StoredKey, secret: str) -> Self:
        """Tell ``key`` and its ``secret``."""
        return cls(**Key.of(key).model_dump(), key=secret)


class KeyList(BaseModel):
    """The caller's keys, newest first."""

    items: list[Key]


class KeyPath(BaseModel):
    """Which key."""

    key_id: UUID
