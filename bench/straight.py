"""A small sender of uploads that go straight to S3 in parts, one after another, each on a connection of its own."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from bench.tus import Content


def send_straight(url: str, content: Content, size_bytes: int, part_bytes: int, name: str) -> dict[str, str]:
    """Send ``size_bytes`` of ``content`` by the API at ``url``, and return the file that it tells."""
    begun = _asked(url, "direct", {"name": name, "size_bytes": size_bytes, "part_bytes": part_bytes})
    upload: str = begun["id"]
    after: int | None = 0
    while after is not None:
        window = _asked(url, f"{upload}/parts", {"after": after})
        for part in window["items"]:
            _put(part, content)
        after = window["next"]
    file: dict[str, str] = _asked(url, f"{upload}/complete", None)
    return file


def _asked(url: str, path: str, body: object) -> Any:  # Any: JSON
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/uploads/{path}", json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status >= http.client.BAD_REQUEST:
        raise SystemExit(f"{path} was answered {response.status}: {answer[:300]!r}")
    return json.loads(answer)


def _put(part: dict[str, Any], content: Content) -> None:  # Any: JSON
    where = urlsplit(part["url"])
    connection = http.client.HTTPConnection(where.netloc, timeout=600)
    headers = {**part["headers"], "Content-Length": str(part["size_bytes"])}
    body = content(part["offset"], part["size_bytes"])
    connection.request(part["method"], f"{where.path}?{where.query}", body=body, headers=headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status >= http.client.BAD_REQUEST:
        raise SystemExit(f"S3 answered {response.status}: {answer[:300]!r}")
