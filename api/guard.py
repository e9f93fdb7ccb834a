"""Who may speak to a server on loopback: pages of this server, and no page that merely found its way here.

Local mode has no login, so a foreign page in the same browser must not reach it: not by a request of its own (Origin)
and not through a name of its own that resolves to 127.0.0.1 (Host; DNS rebinding).
"""

import re

from flask import Flask, request

from api.problems import Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OUR_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)


def register_guard(app: Flask) -> None:
    """Have ``app`` check Host and Origin before anything else, a WebSocket's 101 included."""
    app.before_request(_check)


def _check() -> None:
    host = request.headers.get("Host", "")
    if not _OUR_HOST.fullmatch(host):
        raise Refused(421, "foreign_host", f"this server is called localhost, not {host[:100]!r}")
    origin = request.headers.get("Origin")
    if origin is None or (request.method in SAFE and "HTTP_UPGRADE" not in request.environ):
        return
    if origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
        raise Refused(403, "foreign_origin", f"requests from pages of {origin[:100]!r} are not taken")
