"""Sending bytes straight to S3, as whoever was told an address does."""

import urllib.request
from collections.abc import Mapping


def put(url: str, headers: Mapping[str, str], content: bytes) -> None:
    """PUT ``content`` there. Raises urllib.error.HTTPError."""
    request = urllib.request.Request(url, content, dict(headers), method="PUT")
    with urllib.request.urlopen(request) as answer:
        answer.read()
