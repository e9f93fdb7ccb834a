"""Which pages may speak to the server: its own, and no page that merely found its way here.

Local mode has no login, so a foreign page in the same browser must not reach it: not by a request of its own (Origin)
and not through a name of its own that resolves to 127.0.0.1 (Host; DNS rebinding). Where there are accounts a browser
sends the session's cookie with what such a page asks; there the house is called by its public URL too.
"""

import re
from urllib.parse import urlsplit

from flask import Flask, request

from api.access import SAFE
from api.problems import Refused
from api.room import room
from triptych.settings import Settings

_OUR_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)


def register_guard(app: Flask) -> None:
    """Have ``app`` check Host and Origin before anything else, a WebSocket's 101 included."""
    app.before_request(_check)


def _check() -> None:
    host = request.headers.get("Host", "")
    if not _OUR_HOST.fullmatch(host) and host.lower() not in _names(room().settings):
        raise Refused(421, "foreign_host", f"this server is not called {host[:100]!r}: {_mend(room().settings)}")
    origin = request.headers.get("Origin")
    if origin is None or (request.method in SAFE and "HTTP_UPGRADE" not in request.environ):
        return
    if origin.lower() not in _origins(room().settings, host.lower()):
        raise Refused(403, "foreign_origin", f"requests from pages of {origin[:100]!r} are not taken")


def _origins(settings: Settings, host: str) -> tuple[str, ...]:
    """Those of the house's own pages: where it has a public URL by https, a page by http is somebody else's."""
    if settings.public_url and host == urlsplit(settings.called).netloc:
        return (settings.called,)
    return (f"http://{host}", f"https://{host}")


def _names(settings: Settings) -> tuple[str, ...]:
    """What the house is called beside the loopback's names, as Host spells it."""
    if not settings.has_accounts:
        return ()
    address = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (urlsplit(settings.called).netloc, f"{address}:{settings.port}".lower())


def _mend(settings: Settings) -> str:
    return (
        f"it is {settings.called} (TRIPTYCH_PUBLIC_URL), or localhost" if settings.has_accounts else "it is localhost"
    )
