"""Attempts to sign in at a provider: begun in one browser, and finished there once, within ten minutes.

What ties an attempt to its browser is a token in a cookie. The nonce and the verifier of PKCE are made of it anew when
they are needed, so that of an attempt nothing is kept by which somebody else could finish it.
"""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import delete, insert, select

from triptych.accounts.tables import sign_in_attempts
from triptych.accounts.tokens import derived, hashed, new_token
from triptych.store import Store

ATTEMPT_S = 600.0


class UnknownAttempt(LookupError):
    """It was never begun, is over, or was begun in another browser."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an attempt is for: to go on at ``path``; to come by an invitation, or to link to a session's user."""

    path: str = "/"
    invitation_sha256: str | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the provider is told at the beginning (the nonce, and a hash of the verifier) and asked with at the end."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, browser: str, state: str) -> Self:
        """Those of the attempt ``state`` in the browser with this token."""
        return cls(state, derived(browser, f"nonce {state}"), derived(browser, f"verifier {state}"))


def begin_attempt(store: Store, browser: str, issuer: str, purpose: Purpose) -> Secrets:
    """Begin to sign in at ``issuer``, in the browser with this token. Attempts that are over are removed."""
    now, state = store.clock(), new_token()
    row = {
        "state_sha256": hashed(state),
        "browser_sha256": hashed(browser),
        "issuer": issuer,
        "path": purpose.path,
        "session_id": purpose.session_id,
        "invitation_sha256": purpose.invitation_sha256,
        "expires_at": now + ATTEMPT_S,
    }
    with store.database.write() as connection:
        connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.expires_at <= now))
        connection.execute(insert(sign_in_attempts), row)
    return Secrets.of(browser, state)


def is_begun(store: Store, state: str) -> bool:
    """Whether there is such an attempt: whoever asks with a state that was made up costs no transaction that writes."""
    with store.database.read() as connection:
        its = select(sign_in_attempts.c.expires_at).where(sign_in_attempts.c.state_sha256 == hashed(state))
        return connection.execute(its).first() is not None


def take_attempt(store: Store, browser: str, issuer: str, state: str) -> Purpose:
    """What the attempt is for, which is over from now on. Raises UnknownAttempt.

    One that was begun in another browser stays: whoever merely saw its state cannot end it.
    """
    with store.database.write() as connection:
        its = delete(sign_in_attempts).where(
            sign_in_attempts.c.state_sha256 == hashed(state),
            sign_in_attempts.c.browser_sha256 == hashed(browser),
            sign_in_attempts.c.issuer == issuer,
        )
        row = connection.execute(its.returning(sign_in_attempts)).one_or_none()
    if row is None or row.expires_at <= store.clock():
        raise UnknownAttempt
    return Purpose(row.path, row.invitation_sha256, row.session_id)


def is_way_back(path: str) -> bool:
    """Whether ``path`` leads to a page of ours, however a browser reads it, and to no other server."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
