"""How long after a question its first token is there, beside the bare server that writes it.

A question is posted to a conversation, and what is told is the time until the first `job.part` of its reply comes by
the socket: the question, the reply and its job are committed, a worker hears of it, reads the conversation, asks the
server and stores the token before it tells it. Beside it, in turn, the same question is sent to the server directly, on
a new connection as ours is. The server is a small one on this machine that answers at once; what a question takes
beyond its median is what Triptych adds. The memory is not asked, and nothing is attached. API, Redis and a worker of
the `net` lane are a private stack on this machine, and share its processors with whatever else runs there.

The aim is less than 30 ms.

    python -m bench.first_token [--questions 200]
"""

import argparse
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import urlsplit

import websocket

from bench.load import Client
from bench.stack import QUIET, Stack, free_port, private_stack, process, wait_for_url
from bench.table import Table, percentile, print_tables

WARM_UP = 10
TURNS = 10  # of a conversation, before another is begun
LONGEST_S = 60.0  # a bound for a stack that hangs, never what is measured
QUESTION = "When did the harbour of Ardal open?"


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Ask both ways in turn, and tell the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=200)
    questions = parser.parse_args(arguments).questions
    server = f"http://127.0.0.1:{free_port()}/v1"
    with ExitStack() as running:
        command = [sys.executable, "-m", "bench.answering_at_once", str(urlsplit(server).port)]
        running.enter_context(process(command, dict(os.environ)))
        stack = running.enter_context(private_stack())
        running.enter_context(process(_net_worker(), _environment(stack, server)))
        wait_for_url(server)
        through, direct = _measured(stack, server, questions)
    added = [ours - percentile(direct, 50) for ours in through]
    rows = [_row("through Triptych", through), _row("the server alone", direct), _row("added by Triptych", added)]
    yield Table(
        f"{questions} questions one by one, ms to the first token",
        ("asked", "least ms", "p50 ms", "p90 ms", "p99 ms"),
        rows,
    )


def _net_worker() -> list[str]:
    """The command of the local stack's worker, but for Flower's events."""
    from cli.services import BEHIND_THE_API, CELERY

    options = ["--pool=threads", "--concurrency=8", "--without-gossip", "--without-mingle"]
    return [*BEHIND_THE_API, *CELERY, "worker", "-Q", "net", "-n", "net@bench", *options]


def _environment(stack: Stack, server: str) -> dict[str, str]:
    return {
        **os.environ,
        **QUIET,
        "TRIPTYCH_HOME": str(stack.home),
        "TRIPTYCH_REDIS_URL": stack.redis_url,
        "TRIPTYCH_ANSWER_URL": server,
        "TRIPTYCH_ANSWER_MODEL": "at-once",
        "TRIPTYCH_OFFLINE": "1",
    }


def _measured(stack: Stack, server: str, questions: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each way, question by question, so that whatever else the machine does falls on both alike."""
    socket = websocket.create_connection(stack.url.replace("http", "ws") + "/api/v1/socket", timeout=LONGEST_S)
    through, direct = [], []
    for number in range(questions + WARM_UP):
        if number % TURNS == 0:
            address = _conversation(stack)
        taken = (_through(stack, socket, address), _direct(server))
        if number >= WARM_UP:
            through.append(taken[0])
            direct.append(taken[1])
    socket.close()
    return through, direct


def _conversation(stack: Stack) -> str:
    """Where questions of a new conversation go: a titled one, since making a title is another matter."""
    with closing(Client(stack.url)) as client:
        begun = json.loads(client.send("POST", "/api/v1/conversations", b'{"settings": {"memory": "never"}}'))
        client.send("PATCH", f"/api/v1/conversations/{begun['id']}", b'{"title": "Measured"}')
    return f"/api/v1/conversations/{begun['id']}/messages"


def _through(stack: Stack, socket: websocket.WebSocket, address: str) -> float:
    client = Client(stack.url)
    client.send("GET", "/health/live")  # a page has its connection open
    began = time.perf_counter()
    client.send("POST", address, json.dumps({"text": QUESTION}).encode())
    _until(socket, "job.part")
    taken = time.perf_counter() - began
    client.close()
    if _until(socket, "job.finished")["data"]["state"] != "succeeded":
        raise RuntimeError("the reply did not succeed")
    return 1000 * taken


def _until(socket: websocket.WebSocket, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(socket.recv())
        if message["type"] == kind:
            return message


def _direct(server: str) -> float:
    parts = urlsplit(server)
    asked = {"model": "at-once", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    began = time.perf_counter()
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=LONGEST_S)
    connection.request(
        "POST", f"{parts.path}/chat/completions", json.dumps(asked), {"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    while b'"content"' not in answer.readline():
        pass
    taken = time.perf_counter() - began
    answer.read()
    connection.close()
    return 1000 * taken


def _row(asked: str, taken: Sequence[float]) -> Sequence[object]:
    return (asked, min(taken), percentile(taken, 50), percentile(taken, 90), percentile(taken, 99))


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
