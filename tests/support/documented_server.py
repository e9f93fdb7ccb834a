"""A server that knows ``openapi.json`` alone: it answers each route as the document's examples do, and keeps which."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
METHODS = frozenset({"get", "post", "put", "patch", "delete", "head"})

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path of the document."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Documented:
    """Where it answers, which routes were asked for, and what of that the document does not know."""

    url: str
    asked: list[Route] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def routes() -> frozenset[Route]:
    """Every route of the document."""
    return frozenset(
        Route(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item if method in METHODS
    )


@contextmanager
def documented() -> Iterator[Documented]:
    """Serve the document."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.told = Documented(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    told: Documented


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body, told = self.rfile.read(int(self.headers.get("Content-Length", 0))), self.server.told
        asked = urlsplit(self.path)
        route = _route_of(self.command, asked.path)
        if route is None:
            told.unknown.append(f"{self.command} {asked.path}")
            self._answer(404, b"{}", {})
            return
        told.asked.append(route)
        told.unknown += [f"{route}: {what}" for what in _unknown(route, parse_qs(asked.query), self.headers, body)]
        self._answer(*(_refusal_of(route) or _answer_of(route, told.url)))

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        kept = {"Content-Length": str(len(body)), "Set-Cookie": "triptych_session=one; Path=/"}
        for name, value in {**kept, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _route_of(method: str, path: str) -> Route | None:
    """The route that ``path`` is of: the one with the fewest parameters, of which a model's name may hold a slash."""

    def fits_of(step: str) -> list[Route]:
        patterns = ((one, re.sub(r"{\w+}", step, one.path)) for one in routes() if one.method == method)
        return [one for one, pattern in patterns if re.fullmatch(pattern, path)]

    fits = fits_of("[^/]+") or fits_of(".+")
    return min(fits, key=lambda one: one.path.count("{"), default=None)


def _operation(route: Route) -> Json:
    found: Json = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def _resolved(node: Json) -> Json:
    while "$ref" in node:
        found: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def _unknown(route: Route, query: dict[str, list[str]], headers: Any, body: bytes) -> Iterator[str]:
    """What of a request the document does not name."""
    parameters = [_resolved(one) for one in _operation(route).get("parameters", [])]
    yield from {*query} - {one["name"] for one in parameters if one["in"] == "query"}
    kinds: Json = _operation(route).get("requestBody", {}).get("content", {})
    kind = headers.get("Content-Type", "").partition(";")[0]
    if not body:
        return
    if kind not in kinds:
        yield f"a body of {kind}"
    elif kind == "application/json":
        schema = _resolved(kinds[kind]["schema"])
        asked = {*json.loads(body)}
        yield from asked - {*schema["properties"]}
        yield from (f"lacks {name}" for name in {*schema.get("required", ())} - asked)


def _refusal_of(route: Route) -> tuple[int, bytes, dict[str, str]] | None:
    """The only refusal: this server has no S3."""
    if route.path != "/api/v1/uploads/direct":
        return None
    problem = DOCUMENT["components"]["examples"]["not_supported"]["value"]
    return problem["status"], json.dumps(problem).encode(), {"Content-Type": "application/problem+json"}


def _answer_of(route: Route, url: str) -> tuple[int, bytes, dict[str, str]]:
    """The first success that the document tells, by its example."""
    status, told = next(
        (status, _resolved(one)) for status, one in _operation(route)["responses"].items() if _is(status)
    )
    headers = {
        name: f"{url}{route.path}/0198c7a2" if name == "Location" else str(_sample(_resolved(one)))
        for name, one in told.get("headers", {}).items()
    }
    for name in ("Content-Length", "Set-Cookie"):  # which are this server's own
        headers.pop(name, None)
    for kind, content in told.get("content", {}).items():
        if kind == "text/event-stream":
            return int(status), _stream(), {"Content-Type": kind}
        if "examples" in content:
            example = next(iter(content["examples"].values()))
            return int(status), json.dumps(_resolved(example)["value"]).encode(), {**headers, "Content-Type": kind}
    return int(status), b"", headers


def _stream() -> bytes:
    """A job's last event, as its stream tells it."""
    told = {"type": "job.deleted", "id": "1-0", "job_id": "0198c7a2", "pipeline": "a", "at": "2026-11-22", "data": {}}
    return f"event: {told['type']}\ndata: {json.dumps(told)}\n\n".encode()


def _is(status: str) -> bool:
    return status.startswith("2")


def _sample(header: Json) -> object:
    schema = header.get("schema", {})
    return header.get("example", schema.get("example", 0 if schema.get("type") == "integer" else "0198c7a2"))
