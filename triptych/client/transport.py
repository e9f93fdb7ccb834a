"""Requests to one API: bounded in time, sent again where that is safe, and refused as exceptions."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import httpx2
from pydantic import ValidationError

from triptych.client.address import address_of, authorization
from triptych.client.connecting import client_of
from triptych.client.errors import Misunderstood, Refused, Unreachable, Unusable, words_of
from triptych.client.patience import Patience
from triptych.client.records.base import Record
from triptych.client.refusals import GATEWAYS, refusal_of
from triptych.client.sockets import Socket, open_session
from triptych.client.sources import OnSent, Source, Watched, unwatched

SAFE = frozenset({"GET", "HEAD"})
NOTHING_WAS_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
CSRF_HEADER = "X-CSRF-Token"

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. It is sent again when it is safe by its method, or ``repeatable`` by an Idempotency-Key."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)  # Any: what a query holds, here and in the next
    json: Mapping[str, Any] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, Source], ...] = ()
    body: Callable[[], Iterator[bytes]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    on_sent: OnSent = unwatched

    @property
    def is_safe_to_repeat(self) -> bool:
        """Whether sending it twice does no more than once."""
        return self.repeatable or self.method in SAFE


class Transport:
    """The way to the API at ``url``. ``pause`` waits for some seconds, ``clock`` tells them, ``chance`` is in 0..1.

    Raises Unusable for what can be no address, or no key.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        patience: Patience,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.url = url.rstrip("/")
        self.patience = patience
        self.pause = pause
        self.clock = clock
        self._chance = chance
        base = address_of(self.url)
        self._http = client_of(base, patience, base_url=base, headers=authorization(key))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def enter(self, csrf_token: str) -> None:
        """Ask by the session whose cookie has just come, in place of the key. Raises Unusable where it goes nowhere."""
        self._http.headers.pop("Authorization", None)
        self._http.headers[CSRF_HEADER] = csrf_token
        if "Cookie" not in self._http.build_request("GET", "/").headers:
            raise Unusable(f"{self.url} lets sign in by https alone: ask it by the address that others use")

    def leave(self) -> None:
        """Ask as nobody, once the session has ended."""
        self._http.cookies.clear()
        self._http.headers.pop(CSRF_HEADER, None)

    def tell(self, kind: type[R], ask: Ask) -> R:
        """What the API tells as a ``kind``. Raises Unreachable, Refused or Misunderstood."""
        return self._read(kind, self.send(ask))

    def _read(self, kind: type[R], content: bytes) -> R:
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(step) for step in first["loc"]) or "its answer"
            raise Misunderstood(f"{self.url} is no Triptych of this version: {where}: {first['msg']}") from None

    def tell_if_any(self, kind: type[R], ask: Ask) -> R | None:
        """What the API tells as a ``kind``, or None where it tells that there is none. Raises as ``tell``."""
        content = self.send(ask)
        return None if content.strip() == b"null" else self._read(kind, content)

    def send(self, ask: Ask) -> bytes:
        """The body that the API answers. Raises Unreachable, Refused or Misunderstood."""
        for failures in range(1, self.patience.attempts + 1):
            try:
                with self._opened(ask) as response:
                    return response.read()
            except (httpx2.TransportError, Unreachable, Refused) as error:
                pause_s = self._pause_before_another(ask, failures, error)
                if pause_s is None:
                    raise self._told(error) from None
                self.pause(pause_s)
        raise AssertionError("the last failure was raised")

    def head(self, ask: Ask) -> httpx2.Headers:
        """The headers of an answer whose body says nothing, asked for once. Raises as ``stream``."""
        with self.stream(ask) as response:
            response.read()  # so that the connection can serve again
            return response.headers

    @contextmanager
    def stream(self, ask: Ask) -> Iterator[httpx2.Response]:
        """An answer that is read as it comes, asked for once. Raises Unreachable, Refused or Misunderstood."""
        try:
            with self._opened(ask) as response:
                yield response
        except httpx2.TransportError as error:
            raise self._told(error) from None

    @contextmanager
    def socket(self, path: str) -> Iterator[Socket]:
        """A WebSocket for the block. Raises Unreachable, Refused, Misunderstood, or Unusable for want of wsproto."""
        with ExitStack() as opened:
            try:
                session = opened.enter_context(open_session(self._http, path))
            except httpx2.TransportError as error:
                raise self._told(error) from None
            if session is None:
                self.send(Ask("GET", path))  # which is refused as the upgrade was, and says why
                raise Misunderstood(f"{self.url} opens no WebSocket: does what stands before it let them through?")
            yield Socket(self.url, session)

    def pause_s(self, failures: int) -> float:
        """How long to wait behind so many failures in a row."""
        return self.patience.pause_s(failures, self._chance)

    @contextmanager
    def _opened(self, ask: Ask) -> Iterator[httpx2.Response]:
        with ExitStack() as opened:
            response = self._http.send(self._request(ask, opened), stream=True)
            opened.callback(response.close)
            if not response.is_success:
                raise refusal_of(response, self.url)
            yield response

    def _request(self, ask: Ask, opened: ExitStack) -> httpx2.Request:
        query = {name: value for name, value in ask.query.items() if value is not None}
        files, before = [], 0
        for name, source in ask.files:
            watched = Watched(source, partial(_sum, ask.on_sent, before))
            opened.callback(watched.close)
            files.append((name, (source.name, watched)))
            before += source.size_bytes
        return self._http.build_request(
            ask.method,
            ask.path,
            params=query or None,
            json=ask.json,
            data=ask.fields or None,
            files=files or None,  # type: ignore[arg-type]  # it reads, seeks and tells, which is all that is asked
            content=ask.body() if ask.body else None,
            headers=dict(ask.headers),
        )

    def _pause_before_another(self, ask: Ask, failures: int, error: Exception) -> float | None:
        """How long to wait before the request is sent again; None when it is not."""
        if failures == self.patience.attempts:
            return None
        again_s = error.again_s if isinstance(error, Refused) else None
        if again_s is not None and again_s > self.patience.longest_pause_s:
            return None
        if isinstance(error, Refused):
            asked_to_wait = error.status == HTTPStatus.TOO_MANY_REQUESTS and again_s is not None  # it did nothing
            away = error.status in GATEWAYS and ask.is_safe_to_repeat
            return max(again_s or 0.0, self.pause_s(failures)) if asked_to_wait or away else None
        if isinstance(error, NOTHING_WAS_SENT) or ask.is_safe_to_repeat:
            return self.pause_s(failures)
        return None

    def _told(self, error: Exception) -> Exception:
        if isinstance(error, httpx2.TransportError):
            return Unreachable(self.url, words_of(error))
        return error


def _sum(on_sent: OnSent, before: int, of_this: int) -> None:
    on_sent(before + of_this)
