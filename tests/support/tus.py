"""A client of tus 1.0 that says exactly what a test wants said."""

import base64
from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

UPLOADS = "/api/v1/uploads"
VERSION = {"Tus-Resumable": "1.0.0"}
STRETCH = {"Content-Type": "application/offset+octet-stream"}


def named(name: str) -> dict[str, str]:
    """The header that tells an upload's name."""
    return {"Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}"}


def begin(client: FlaskClient, size_bytes: int, name: str = "talk.txt", **more: str) -> TestResponse:
    """Ask for an upload of so many bytes."""
    headers = {**VERSION, "Upload-Length": str(size_bytes), **named(name), **_spelt(more)}
    return client.post(UPLOADS, headers=headers)


def begun(client: FlaskClient, size_bytes: int, name: str = "talk.txt") -> str:
    """Where an upload of so many bytes is."""
    response = begin(client, size_bytes, name)
    assert response.status_code == 201, response.text
    return str(response.headers["Location"])


def add(client: FlaskClient, url: str, offset: int, content: bytes, **more: str) -> TestResponse:
    """Send the next bytes of an upload."""
    headers = {**VERSION, **STRETCH, "Upload-Offset": str(offset), **_spelt(more)}
    return client.patch(url, headers=headers, data=content)


def asked(client: FlaskClient, url: str) -> TestResponse:
    """Ask how far an upload is."""
    return client.head(url, headers=VERSION)


def _spelt(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
