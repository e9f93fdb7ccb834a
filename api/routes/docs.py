"""The OpenAPI document, and Swagger UI from the package that carries it: nothing is fetched from elsewhere."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory

from api.document import document
from api.headers import UI_POLICY

routes = Blueprint("docs", __name__)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Triptych API</title>
<link rel="icon" href="/docs/assets/images/swagger.svg">
<link rel="stylesheet" href="/docs/assets/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/js/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = Path(__file__).with_name("docs.js")


@routes.get("/docs")
def page() -> Response:
    """The page that draws it."""
    return Response(PAGE, mimetype="text/html", headers={"Content-Security-Policy": UI_POLICY})


@routes.get("/docs/start.js")
def start() -> Response:
    """What starts Swagger UI: no script stands in the page itself."""
    return Response(START.read_bytes(), mimetype="text/javascript")


@routes.get("/docs/assets/<path:name>")
def asset(name: str) -> Response:
    """Swagger UI's own files."""
    return send_from_directory(_swagger(), name, max_age=86400)


@cache
def _swagger() -> Path:
    spec = find_spec("flask_openapi_swagger")
    assert spec is not None  # it is a requirement of the package
    assert spec.origin is not None
    return Path(spec.origin).parent / "templates" / "swagger"


def register_docs(app: Flask) -> None:
    """Add the routes to ``app``, which has all its others. The document is made once, when it is first asked for."""
    app.register_blueprint(routes)
    text = cache(lambda: json.dumps(document(app)))
    app.add_url_rule("/openapi.json", "docs.openapi", lambda: Response(text(), mimetype="application/json"))
