"""Cookies, of the session and of signing in by a provider: read by no script, given to no other site."""

from flask import Response, request

from api.room import room
from triptych.accounts.attempts import ATTEMPT_S


def session_token() -> str:
    """The token of the session whose cookie came with the request; empty where none did."""
    return request.cookies.get(_name(), "")


def set_session(response: Response, token: str) -> None:
    """Have the browser keep the session."""
    lasts_s = int(room().settings.session_s)
    response.set_cookie(_name(), token, max_age=lasts_s, secure=_is_secure(), httponly=True, samesite="Lax")


def drop_session(response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(_name(), secure=_is_secure(), httponly=True, samesite="Lax")


def attempt_token() -> str:
    """What ties attempts to sign in by a provider to the browser; empty where it began none."""
    return request.cookies.get(_attempts_name(), "")


def keep_attempt(response: Response, token: str) -> None:
    """Have the browser keep it for as long as an attempt lasts: several pages may be signing in at a time."""
    lasts_s = int(ATTEMPT_S)
    response.set_cookie(_attempts_name(), token, max_age=lasts_s, secure=_is_secure(), httponly=True, samesite="Lax")


def _name() -> str:
    """One that begins with ``__Host-`` is taken from this very host alone, and over TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-triptych" if _is_secure() else "triptych_session"


def _attempts_name() -> str:
    return "__Host-triptych-oidc" if _is_secure() else "triptych_oidc"


def _is_secure() -> bool:
    return room().settings.called.startswith("https:")
