"""Sessions as the API tells them: who is asking, and where they are signed in."""

from triptych.client.records.base import Record


class DoorProvider(Record):
    """By whom one may come in besides by a password, in a browser."""

    name: str


class Door(Record):
    """How one comes in: in mode ``local`` one is in. ``needs_setup``: nobody has an account yet."""

    mode: str
    needs_setup: bool
    provider: DoorProvider | None


class User(Record):
    """Who is asking; ``email`` is empty in local mode."""

    id: str
    email: str
    name: str
    role: str


class Limits(Record):
    """What is let in; None: no bound."""

    upload_bytes: int
    direct_uploads: bool
    json_bytes: int
    image_pixels: int
    jobs_in_flight: int | None
    jobs_queued: int | None
    file_bytes: int | None
    uploads: int | None


class Session(Record):
    """Who is asking, and what they may; ``csrf_token`` None: nothing need be said with what changes something."""

    user: User
    mode: str
    scopes: list[str]
    csrf_token: str | None
    sign_out_url: str | None
    limits: Limits


class Stay(Record):
    """A session of the caller's: one browser, or one program, that is signed in."""

    id: str
    is_this: bool
    created_at: str
    seen_at: str
    expires_at: str
    address: str
    agent: str


class StayList(Record):
    """The caller's sessions, newest first."""

    items: list[Stay]


class Identity(Record):
    """Who the caller is at a provider of OpenID Connect; ``email`` may be empty."""

    id: str
    issuer: str
    email: str
    created_at: str
    used_at: str | None


class IdentityList(Record):
    """The caller's identities, newest first."""

    items: list[Identity]
