"""A receiver of webhooks on the loopback: it keeps what came, and answers as a test wants it."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from standardwebhooks.webhooks import Webhook

from triptych.accounts.audit import Actor
from triptych.database import Clock
from triptych.store import Store
from triptych.webhooks.dispatch import Dispatch
from triptych.webhooks.registry import Wanted, WithSecret, create
from triptych.webhooks.sending import Sender
from triptych.webhooks.targets import Reach
from triptych.webhooks.values import EventName

ALL = (EventName.JOB_SUCCEEDED, EventName.JOB_FAILED, EventName.JOB_CANCELLED)
LONGEST_S = 30.0
ASKING = Actor("ada", "ada@triptych.example", "127.0.0.1")


@dataclass(frozen=True)
class Got:
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    def verified(self, secret: str) -> Any:  # Any: JSON
        """The event, as Standard Webhooks' own library reads it; it raises where the signature is wrong."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass
class Receiver:
    """Answers ``status`` with ``headers`` and ``text``; while it is ``silent``, nothing."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    text: bytes = b""
    got: list[Got] = field(default_factory=list)
    silent: bool = False
    released: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, path: str, headers: Message, body: bytes) -> bool:
        """Keep a request; whether it is to be answered."""
        self.got.append(Got(path, {name.lower(): value for name, value in headers.items()}, body))
        return not self.silent or self.released.wait(LONGEST_S)


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Receive until the end of the block; with ``tls`` as https does."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not receiver.take(self.path, self.headers, body):
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.text)

        def log_message(self, *_: object) -> None:
            """Nothing: a test says what it expects."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()
            thread.join()


def a_webhook(
    store: Store, owner: str, url: str, events: tuple[EventName, ...] = ALL, pipelines: tuple[str, ...] = ()
) -> WithSecret:
    """A webhook of the owner's, whose URL nobody has checked."""
    return create(store, owner, ASKING, Wanted(url, events, pipelines))


def a_sender(clock: Clock, **changes: Any) -> Sender:  # Any: each of its own type
    """What sends to this machine, and trusts no certificate."""
    trusting_none = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return Sender(**{"reach": Reach(public=False, private=True), "clock": clock, "tls": trusting_none, **changes})


def deliver(store: Store, sender: Sender | None = None) -> None:
    """Send everything that is due now, and write down what came of it."""
    dispatch = Dispatch(store, sender or a_sender(store.clock))
    dispatch.step()
    while dispatch.sending:
        dispatch.rest(LONGEST_S)
        dispatch.step()


@contextmanager
def listening(answer: bytes) -> Iterator[str]:
    """A server that says ``answer``, whatever it hears, and then nothing more; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(LONGEST_S)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(LONGEST_S)
                connection.sendall(answer)
                while connection.recv(65536):
                    pass

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            thread.join()
