"""The UI: built files, and its one page for every address that is the UI's to route."""

from contextlib import suppress
from pathlib import PurePosixPath

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from api.headers import UI_POLICY
from api.room import room

routes = Blueprint("ui", __name__)

NOT_PAGES = ("api/", "v1/", "health/", "docs/", "assets/")
YEAR_S = 31_536_000
NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Triptych</title></head>
<body><h1>The API is up; its web page is not built yet</h1>
<p>Run <code>make ui</code> and load this page again. <code>make run</code> does it by itself.</p>
<p>Meanwhile: <a href="/docs">the API's documentation</a>.</p></body></html>
"""


@routes.get("/")
@routes.get("/<path:path>")
def page(path: str = "") -> Response:
    """A built file, else the page for addresses that the UI routes by itself."""
    if path:
        with suppress(NotFound):
            return _file(path)
    if path.startswith(NOT_PAGES) or PurePosixPath(path).suffix or not _wants_page():
        raise NotFound(f"there is nothing at /{path[:200]}")
    try:
        return _file("index.html")
    except NotFound:
        return Response(NOT_BUILT, status=200, mimetype="text/html")


def _file(path: str) -> Response:
    """Raises NotFound for what is not a readable file below the build."""
    hashed = path.startswith("assets/")  # the build puts a hash of the content into these names
    try:
        response = send_from_directory(room().ui.absolute(), path, max_age=YEAR_S if hashed else None)
    except OSError:
        raise NotFound from None
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if hashed else "no-cache"
    response.headers["Content-Security-Policy"] = UI_POLICY
    return response


def _wants_page() -> bool:
    return request.accept_mimetypes.accept_html
