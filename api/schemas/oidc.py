"""Signing in by a provider, as it is told and asked for."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from api.schemas.account import Token
from api.schemas.requests import Asked
from triptych.accounts.attempts import is_way_back
from triptych.accounts.values import Identity as StoredIdentity
from triptych.times import iso_time

_ID = "0198c7a2-5d1e-7b33-9f0e-4a7d2c1b8e90"
_TIME = "2026-11-22T10:00:00.000Z"


class LinkRequest(Asked):
    """An identity to link."""

    path: str = Field(
        "/", max_length=2000, description="Where to go on afterwards: a page of this server.", examples=["/models"]
    )

    @field_validator("path")
    @classmethod
    def _is_ours(cls, path: str) -> str:
        if not is_way_back(path):
            raise ValueError("a path of this server is wanted, such as /models")
        return path


class OidcRequest(LinkRequest):
    """Somebody who wants in by the provider."""

    token: Token | None = Field(
        None,
        description="What stands behind the `#` of an invitation's link, or of the first account's.",
        examples=[None],
    )


class Departure(BaseModel):
    """Where signing in by the provider begins."""

    url: str = Field(
        description="The provider's page, for this browser and ten minutes.",
        examples=["https://id.example/auth?client_id=triptych&state=..."],
    )


class CallbackQuery(BaseModel):
    """What the provider says by the browser that comes back from it."""

    state: str | None = Field(None, description="Which attempt it was.")
    code: str | None = Field(None, description="What the provider is asked with.")
    iss: str | None = Field(None, description="Which provider it is.")
    error: str | None = Field(None, description="Why nobody was signed in.")


class Identity(BaseModel):
    """Who the caller is at the provider."""

    id: str = Field(examples=[_ID])
    issuer: str = Field(examples=["https://id.example/realms/house"])
    email: str = Field(description="What the provider said last; it may be empty.", examples=["ada@triptych.example"])
    created_at: str = Field(examples=[_TIME])
    used_at: str | None = Field(description="When somebody last signed in by it.", examples=[_TIME])

    @classmethod
    def of(cls, identity: StoredIdentity) -> Self:
        """Tell ``identity``."""
        return cls(
            id=identity.id,
            issuer=identity.issuer,
            email=identity.email,
            created_at=iso_time(identity.created_at),
            used_at=None if identity.used_at is None else iso_time(identity.used_at),
        )


class IdentityList(BaseModel):
    """The caller's identities, newest first."""

    items: list[Identity]


class IdentityPath(BaseModel):
    """Which identity."""

    identity_id: UUID
