"""The memory through the server as users run it: an event loop, with the database asked in threads."""

import json
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
from support.archives import HARBOUR, a_full_memory, exported
from support.until import until

from api.room import EXPORTS_EACH, LOCAL_USER
from triptych.settings import Settings
from triptych.store import open_store

MOST_S = 30
STALLED = 25
IMPORT = "/api/v1/memory/import"


@pytest.fixture(scope="module")
def remembering(served, redis_url, tmp_path_factory):
    """The served API, whose user has a full memory, with a content of 60 MB."""
    store = open_store(Settings(home=served.home, redis_url=redis_url))
    a_full_memory(store, tmp_path_factory.mktemp("made"), LOCAL_USER)
    ask(f"{served.url}/api/v1/files?name=large.txt", b"a line of words\n" * (60 << 16))
    yield served
    store.close()


def ask(url: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=MOST_S) as answer:
        return answer.read()


def hung_up(served, head: str, body: bytes) -> None:
    """Send a request, and wait for no answer."""
    lines = f"{head} HTTP/1.1\r\nHost: localhost:{served.port}\r\nContent-Type: application/zip\r\n"
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=MOST_S)) as connection:
        connection.sendall(lines.encode() + body)


def test_others_are_answered_beside_many_who_read_no_archive(remembering):
    asked = f"GET /api/v1/memory/export HTTP/1.1\r\nHost: localhost:{remembering.port}\r\n\r\n".encode()
    with ExitStack() as stalled:
        statuses = []
        for _ in range(STALLED):
            connection = socket.create_connection(("127.0.0.1", remembering.port), timeout=MOST_S)
            stalled.enter_context(closing(connection)).sendall(asked)
            statuses.append(connection.recv(12).decode()[-3:])

        [hit] = json.loads(ask(f"{remembering.url}/api/v1/memory/search?q=sailing"))["items"]

    assert (statuses.count("200"), statuses.count("503")) == (EXPORTS_EACH, STALLED - EXPORTS_EACH)
    assert hit["memory"]["text"] == HARBOUR
    until(lambda: exports_again(remembering))


def exports_again(served) -> bool:
    try:
        return bool(ask(f"{served.url}/api/v1/memory/export"))
    except urllib.error.HTTPError as error:
        error.close()
        return False


def memories_of(served) -> int:
    return int(json.loads(ask(f"{served.url}/api/v1/memory/status"))["memories"])


def test_archive_that_is_sent_twice_at_once_is_brought_once(remembering, redis_url, tmp_path):
    store = open_store(Settings(home=remembering.home, redis_url=redis_url))
    a_full_memory(store, tmp_path, "twice")
    archive = exported(store, tmp_path / "all.zip", "twice").read_bytes()
    store.close()

    with ThreadPoolExecutor(2) as pool:
        brought = sum(pool.map(lambda _: memories_brought(remembering, archive), range(2)))

    assert brought == 3


def memories_brought(served, archive: bytes) -> int:
    """How many memories an archive brought; none where another was being brought."""
    try:
        return int(json.loads(ask(f"{served.url}{IMPORT}", archive))["memories"])
    except urllib.error.HTTPError as refused:
        return {"importing": 0}[json.loads(refused.read())["code"]]


def test_who_hangs_up_behind_an_archive_has_brought_all_of_it(remembering, redis_url, tmp_path):
    store = open_store(Settings(home=remembering.home, redis_url=redis_url))
    a_full_memory(store, tmp_path, "else")
    archive, before = exported(store, tmp_path / "all.zip", "else").read_bytes(), memories_of(remembering)
    store.close()
    cut = f"Content-Length: {len(archive) + 1}\r\n\r\n".encode() + archive
    hung_up(remembering, f"POST {IMPORT}", cut)
    until(lambda: is_nobodys_turn(remembering))
    assert memories_of(remembering) == before

    hung_up(remembering, f"POST {IMPORT}", f"Content-Length: {len(archive)}\r\n\r\n".encode() + archive)

    until(lambda: memories_of(remembering) == before + 3)
    until(lambda: is_nobodys_turn(remembering))


def is_nobodys_turn(served) -> bool:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(f"{served.url}{IMPORT}", b"words")
    return json.loads(refused.value.read())["code"] == "bad_archive"


def test_others_are_answered_while_an_archive_is_sent(remembering):
    memory = f"{remembering.url}/api/v1/memory"

    with ThreadPoolExecutor(1) as pool:
        sending, answered = pool.submit(ask, f"{memory}/export"), 0
        while not sending.done():
            [hit] = json.loads(ask(f"{memory}/search?q=sailing"))["items"]
            answered += 1
    brought = json.loads(ask(f"{memory}/import", sending.result()))

    assert hit["memory"]["text"] == HARBOUR
    assert answered > 2
    assert (brought["files"], brought["memories"]) == (0, 0)
    assert brought["skipped"] >= 7
