"""What every route needs, held by the application it belongs to."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app

from api import EXTENSION
from api.asking import caller, guest
from api.hashing import Hashing
from api.limits import Limits
from api.metrics import Metrics
from api.oidc import Oidc
from api.places import Places
from api.relay.holders import Holders
from api.relay.hub import Attached, Hub
from api.relay.standing import Standing
from api.writing import Writer
from triptych.accounts.values import LOCAL_USER
from triptych.settings import Settings
from triptych.store import Store

EXPORTS = 4  # archives that one process sends at a time, however slowly they are read
EXPORTS_EACH = 2  # of one account's
COMPLETIONS = 4  # uploads straight to S3 that one process reads at a time, which takes a thread for minutes each
COMPLETIONS_EACH = 2  # of one account's
LOOKUPS = 4  # names that one process resolves at a time, which the network may be slow to do
LOOKUPS_EACH = 2  # for one account


__all__ = ["COMPLETIONS_EACH", "EXPORTS", "EXPORTS_EACH", "LOCAL_USER", "Room", "attend", "owner", "room"]


@dataclass(frozen=True, slots=True)
class Room:
    """One application's surroundings."""

    settings: Settings
    store: Store
    hub: Hub
    standing: Standing
    metrics: Metrics
    writer: Writer
    limits: Limits
    ui: Path
    holders: Holders = field(default_factory=Holders)
    hashing: Hashing = field(default_factory=Hashing)
    oidc: Oidc = field(default_factory=Oidc)
    exports: Places = field(default_factory=lambda: Places(EXPORTS, EXPORTS_EACH))
    completions: Places = field(default_factory=lambda: Places(COMPLETIONS, COMPLETIONS_EACH))
    lookups: Places = field(default_factory=lambda: Places(LOOKUPS, LOOKUPS_EACH))


def room() -> Room:
    """The surroundings of the application that answers the current request."""
    found: Room = current_app.extensions[EXTENSION]
    return found


def owner() -> str:
    """Whose things the current request is about: those of who asks, as api/identity.py found out."""
    return caller().user.id


def attend(job_id: str | None = None) -> AbstractContextManager[Attached]:
    """Attach who asks to their events, or those of one job, for the block and for as long as they may come in."""
    return room().standing.attach(owner(), job_id, guest())
