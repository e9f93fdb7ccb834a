"""A small OpenAI-compatible server on 127.0.0.1 that says what a test wants it to say."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from select import select
from typing import Any

LONGEST_S = 20.0
KEY = "sk-very-secret"


@dataclass
class Script:
    """How the server answers, and what it has seen. ``pieces`` come one by one; then it waits if it ``never_ends``.

    ``meanwhile`` is done once, before the last of them. ``over_and_over`` comes behind them until the other end hangs
    up. ``every_s``: the seconds before each of them.
    """

    pieces: Sequence[str] = ()
    finish_reason: str | None = "stop"
    status: int = 200
    refusal: str = ""
    raw: bytes | None = None
    never_ends: bool = False
    meanwhile: Callable[[], object] = lambda: None
    dies_after: int | None = None  # pieces, whereupon it hangs up
    over_and_over: bytes = b""
    every_s: float = 0.0
    retry_after: str = ""
    encoding: str = ""  # that it claims
    asked: list[Any] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""
    broken_off: threading.Event = field(default_factory=threading.Event)


class ScriptedServer(ThreadingHTTPServer):
    """Serves one script."""

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        script.url = f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving(script: Script) -> Iterator[Script]:
    """Serve ``script`` for the block; its ``url`` tells where."""
    server = ScriptedServer(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stream(*contents: object, **told: Any) -> bytes:
    """A server's stream whose chunks hold ``contents``, ASCII that escapes what is beyond, and then ``told``."""
    chunks = [{"model": "m", "choices": [{"index": 0, "delta": {"content": content}}]} for content in contents]
    end = {"index": 0, "delta": {}, "finish_reason": told.pop("finish_reason", "stop")}
    chunks.append({"model": "m", "choices": [end], **told})
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode("ascii")


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_POST(self) -> None:
        script = self.server.script
        script.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        script.keys.append(self.headers["Authorization"])
        self.send_response(script.status)
        self.send_header("Content-Type", "text/event-stream" if script.status == 200 else "application/json")
        if script.retry_after:
            self.send_header("Retry-After", script.retry_after)
        if script.encoding:
            self.send_header("Content-Encoding", script.encoding)
        if script.dies_after is not None:  # a length that is not reached tells the death from an end
            self.send_header("Content-Length", "1000000")
        self.end_headers()
        if script.status != 200:
            self.wfile.write(json.dumps({"error": {"message": script.refusal}}).encode())
        elif script.raw is not None:
            self.wfile.write(script.raw)
        else:
            self._stream(script)

    def _stream(self, script: Script) -> None:
        for number, piece in enumerate(script.pieces[: script.dies_after], 1):
            if number == len(script.pieces):
                meanwhile, script.meanwhile = script.meanwhile, lambda: None
                meanwhile()
            script.broken_off.wait(script.every_s)
            self._send({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        if script.dies_after is not None:
            return
        if script.over_and_over:
            self._repeat(script)
            return
        if script.never_ends:
            self._wait_for_the_end(script)
            return
        self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": script.finish_reason}]})
        self._send({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _repeat(self, script: Script) -> None:
        self.connection.settimeout(LONGEST_S)
        with suppress(ConnectionError, TimeoutError):
            while not script.broken_off.wait(script.every_s):
                self.wfile.write(script.over_and_over)
                if script.every_s and select([self.connection], [], [], 0)[0]:  # what little is written tells late
                    break
        script.broken_off.set()

    def _wait_for_the_end(self, script: Script) -> None:
        self.connection.settimeout(LONGEST_S)
        try:
            hung_up = self.connection.recv(1) == b""
        except ConnectionError:
            hung_up = True
        if hung_up:
            script.broken_off.set()

    def _send(self, told: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny-chat", **told}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""
