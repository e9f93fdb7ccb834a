"""Accounts as values: users and their roles, what a key may be allowed, and who is asking."""

from dataclasses import dataclass
from enum import StrEnum

LOCAL_USER = "local"  # the one built-in user of local mode, and the first administrator where there are accounts


class Role(StrEnum):
    """What a user may do. Each may what those above it may."""

    VIEWER = "viewer"  # reads what is theirs
    MEMBER = "member"  # and changes it
    ADMIN = "admin"  # and looks after users and what all share

    def covers(self, needed: "Role") -> bool:
        """Whether it is enough where ``needed`` is asked for."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


class Area(StrEnum):
    """What a key may be allowed to read, or to read and write."""

    JOBS = "jobs"
    FILES = "files"
    MEMORY = "memory"
    CONVERSATIONS = "conversations"
    BATCHES = "batches"
    WEBHOOKS = "webhooks"
    MODELS = "models"
    OPENAI = "openai"
    ADMIN = "admin"

    @property
    def read(self) -> str:
        """The scope that reads."""
        return f"{self}:read"

    @property
    def write(self) -> str:
        """The scope that changes."""
        return f"{self}:write"


SCOPES = frozenset(scope for area in Area for scope in (area.read, area.write))


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much of the house an account may take, in place of the settings' bounds; None: as these say; 0: no bound."""

    queued: int | None = None
    size_bytes: int | None = None
    in_flight: int | None = None
    uploads: int | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account. Times are seconds since the epoch; ``email`` is in lower case."""

    id: str
    email: str
    name: str
    role: Role
    created_at: float
    disabled_at: float | None = None
    quotas: Quotas = Quotas()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: a user with all that their role allows, or a key of theirs with less."""

    user: User
    scopes: frozenset[str] = SCOPES
    key_id: str | None = None
    session_id: str | None = None
    expires_at: float | None = None  # of the key
    sign_out_url: str | None = None  # of the session, where a provider's own is ended too

    @property
    def is_key(self) -> bool:
        """Whether a program asks by a key, rather than somebody who has signed in."""
        return self.key_id is not None


LOCAL_CALLER = Caller(User(LOCAL_USER, "", "You", Role.ADMIN, 0.0))


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret: ``prefix`` is how its owner knows it again."""

    id: str
    name: str
    prefix: str
    scopes: frozenset[str]
    created_at: float
    last_used_at: float | None = None
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's stay, from signing in to signing out, in one browser."""

    id: str
    created_at: float
    seen_at: float
    expires_at: float
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a user is at a provider of OpenID Connect. ``email`` is what that said last; it may be empty."""

    id: str
    issuer: str
    email: str
    created_at: float
    used_at: float | None


@dataclass(frozen=True, slots=True)
class Provided:
    """By which identity somebody signed in, and where the provider's own session is ended, if it says."""

    identity_id: str
    issuer: str
    sign_out_url: str | None
