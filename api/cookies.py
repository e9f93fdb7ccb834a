"""The session's cookie: sent by the browser with everything, read by no script, given to no other site."""

from flask import Response, request

from api.room import room


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


def _name() -> str:
    """One that begins with ``__Host-`` is taken from this very host alone, and over TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-triptych" if _is_secure() else "triptych_session"


def _is_secure() -> bool:
    return room().settings.called.startswith("https:")
