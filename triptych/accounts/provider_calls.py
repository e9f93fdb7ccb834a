"""Requests to a provider: each of them ends in time, is answered by JSON of bounded size, and is led nowhere else."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from importlib.metadata import version
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from triptych.accounts.providers import BadProvider, ProviderAway
from triptych.exchange import PORTS, Resolver, Target, Until, exchange, system_addresses
from triptych.strict_json import BadJson, parse_json

WHOLE_S = 10.0  # from the first address on to the last byte of the answer
ANSWER_BYTES = 256 * 1024
FORM = "application/x-www-form-urlencoded"
FOR_NOW = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)

Json = Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Calls:
    """How a provider is reached: how names are resolved, whose certificates are trusted, how long it may take."""

    resolve: Resolver = system_addresses
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    running_clock: Callable[[], float] = monotonic

    def get(self, url: str, headers: Mapping[str, str]) -> Json:
        """The JSON object at ``url``. Raises ProviderAway, BadProvider."""
        return self._answered("GET", url, headers, b"")

    def post_form(self, url: str, headers: Mapping[str, str], form: str) -> Json:
        """The JSON object that ``url`` answers to a form. Raises ProviderAway, BadProvider."""
        return self._answered("POST", url, {**headers, "Content-Type": FORM}, form.encode())

    def _answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Json:
        told = {"User-Agent": f"Triptych/{version('triptych')}", "Accept": "application/json", **headers}
        until = Until(WHOLE_S, self.running_clock)
        try:
            with exchange(method, self._target(url), told, body, self.tls, until) as response:
                status, came = response.status, response.read(ANSWER_BYTES + 1)
        except (OSError, HTTPException, UnicodeError) as error:
            raise ProviderAway(f"{method} {url}: {type(error).__name__}: {error}") from error
        return _read(f"{method} {url}", status, came)

    def _target(self, url: str) -> Target:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme == "https", host, port, path, self._addresses(host, port))

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            found = list(self.resolve(host, port))
        if not found:
            raise OSError(f"the name {host} has no address")
        return found


def _read(what: str, status: int, came: bytes) -> Json:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in FOR_NOW:
        raise ProviderAway(f"{what}: it answered {status}")
    if len(came) > ANSWER_BYTES:
        raise BadProvider(f"{what}: it answered more than {ANSWER_BYTES} bytes")
    try:
        answer = parse_json(came)
    except BadJson as error:
        raise BadProvider(f"{what}: it answered {status} and no JSON: {error}") from None
    if status != HTTPStatus.OK or not isinstance(answer, dict):
        raise BadProvider(f"{what}: it answered {status}{_said(answer)}")
    return answer


def _said(answer: object) -> str:
    """Which error it was, as OAuth tells it."""
    told = [answer.get(name) for name in ("error", "error_description")] if isinstance(answer, dict) else []
    return "".join(f", {one[:200]!r}" for one in told if isinstance(one, str))
