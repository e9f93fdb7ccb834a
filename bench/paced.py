"""Many users that keep a connection each and ask now and then: requests come at their times, answered or not."""

import selectors
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPException

from bench.load import Client

LAST_S = 30.0  # that the answers may take which are still due when everything has been asked


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks, under the name by which its times are told."""

    name: str
    method: str
    path: str
    body: bytes = b""


@dataclass(slots=True)
class _User:
    client: Client
    asked: Request | None = None
    due: float = 0.0
    is_second: bool = False


def ask_in_time(
    url: str, requests: Iterable[Request], users: int, a_second: float
) -> tuple[Mapping[str, Sequence[float]], Sequence[str]]:
    """Have ``users`` ask in turn, ``a_second`` of them each second, and return what each took and what was refused.

    Seconds count from when a request was due: a server that falls behind delays the next request of no other user, and
    what waits for a user who is still being answered counts as having waited (no coordinated omission).
    """
    taken: dict[str, list[float]] = {}
    refused: list[str] = []
    with ExitStack() as open_, selectors.DefaultSelector() as watch:
        resting = deque(_User(open_.enter_context(closing(Client(url)))) for _ in range(users))
        begin = time.perf_counter()
        for number, request in enumerate(requests):
            due = begin + number / a_second
            while (left := due - time.perf_counter()) > 0 or not resting:
                _take_answers(watch, max(0.0, left), resting, taken, refused)
            _ask(watch, resting.popleft(), request, due)
        until = time.perf_counter() + LAST_S
        while len(resting) < users and time.perf_counter() < until:
            _take_answers(watch, LAST_S, resting, taken, refused)
    return taken, refused


def _ask(watch: selectors.BaseSelector, user: _User, request: Request, due: float, *, is_second: bool = False) -> None:
    try:
        user.client.ask(request.method, request.path, request.body)
    except OSError:  # the server closed what had rested for its keep-alive time: a browser opens another, too
        user.client.close()
        user.client.ask(request.method, request.path, request.body)
    user.asked, user.due, user.is_second = request, due, is_second
    watch.register(user.client, selectors.EVENT_READ, user)


def _take_answers(
    watch: selectors.BaseSelector,
    wait_s: float,
    resting: deque[_User],
    taken: dict[str, list[float]],
    refused: list[str],
) -> None:
    for key, _ in watch.select(wait_s):
        user: _User = key.data
        watch.unregister(user.client)
        assert user.asked is not None
        try:
            user.client.answer()
        except ConnectionError as error:
            user.client.close()
            if not user.is_second:  # it was closed just as it was asked on: RFC 9112, section 9.3.1, has one ask again
                _ask(watch, user, user.asked, user.due, is_second=True)
                continue
            refused.append(f"{user.asked.name}: {error}")
        except (RuntimeError, OSError, HTTPException) as error:
            refused.append(f"{user.asked.name}: {error}")
            user.client.close()
        else:
            taken.setdefault(user.asked.name, []).append(time.perf_counter() - user.due)
        resting.append(user)
