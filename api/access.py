"""Who may use which routes: one table of every blueprint, which a test compares with the application."""

from collections.abc import Mapping
from dataclasses import dataclass

from triptych.accounts.values import Area, Role

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a blueprint's routes ask of whoever uses them.

    A key needs the scope that reads or writes the ``area``, and those of the ``others`` of which there is something in
    what is told or taken; no area: any key will do to read, and none to write.
    """

    area: Area | None
    others: tuple[Area, ...] = ()
    reads: Role = Role.VIEWER
    writes: Role = Role.MEMBER
    is_public: bool = False
    only_accounts: bool = False  # there is nothing of it in local mode


PUBLIC = Access(None, is_public=True)
"""Anybody may, without saying who they are: the page itself, its ways in, and what keeps the process running."""

_ADMINISTRATION = Access(Area.ADMIN, reads=Role.ADMIN, writes=Role.ADMIN, only_accounts=True)
_SHARED = Access(Area.MODELS, writes=Role.ADMIN)  # what one changes there is everybody's

ACCESS: Mapping[str, Access] = {
    "ui": PUBLIC,
    "docs": PUBLIC,
    "door": PUBLIC,
    "health": PUBLIC,
    "metrics": Access(Area.ADMIN, reads=Role.ADMIN),
    "house": Access(Area.JOBS),
    "pipelines": Access(Area.JOBS),
    "jobs": Access(Area.JOBS),
    "events": Access(Area.JOBS),
    "relay": Access(Area.JOBS),
    "listening": Access(Area.JOBS),
    "files": Access(Area.FILES),
    "file_pages": Access(Area.FILES),
    "uploads": Access(Area.FILES),
    "direct_uploads": Access(Area.FILES),
    "retention": Access(Area.JOBS),
    "batches": Access(Area.BATCHES),
    "models": _SHARED,
    "memory": Access(Area.MEMORY),
    "memory_search": Access(Area.MEMORY),
    "memory_collections": Access(Area.MEMORY),
    "memory_jobs": Access(Area.MEMORY),
    "memory_archive": Access(Area.MEMORY, (Area.FILES, Area.JOBS, Area.CONVERSATIONS)),
    "conversations": Access(Area.CONVERSATIONS),
    "webhooks": Access(Area.WEBHOOKS),
    "openai": Access(Area.OPENAI),
    "session": Access(None, writes=Role.VIEWER),
    "oidc": Access(None, is_public=True, only_accounts=True),
    "identities": Access(None, writes=Role.VIEWER, only_accounts=True),
    "keys": Access(Area.ADMIN, only_accounts=True),
    "audit": Access(Area.ADMIN, only_accounts=True),
    "users": _ADMINISTRATION,
    "invitations": _ADMINISTRATION,
}

OF_ENDPOINTS: Mapping[str, Access] = {"session.sign_in": PUBLIC}  # which differ from the rest of their blueprint
READS_BY_POST = frozenset({"memory_search.find_more"})
WRITES_BY_GET = frozenset({"listening.listen", "listening.not_an_upgrade"})


def access_of(endpoint: str) -> Access:
    """What the route asks of whoever uses it."""
    return OF_ENDPOINTS.get(endpoint) or ACCESS[endpoint.rpartition(".")[0]]


def needs_writing(endpoint: str, method: str) -> bool:
    """Whether a request to ``endpoint`` changes something."""
    if endpoint in WRITES_BY_GET:
        return True
    return method not in SAFE and endpoint not in READS_BY_POST


def role_needed(endpoint: str, method: str) -> Role:
    """What one must be to make such a request of ``endpoint``."""
    access = access_of(endpoint)
    return access.writes if needs_writing(endpoint, method) else access.reads
