"""The memory through the server as users run it: an event loop, with the database asked in threads."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.archives import HARBOUR, a_full_memory

from api.room import LOCAL_USER
from triptych.settings import Settings
from triptych.store import open_store

MOST_S = 30


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
    assert (brought["files"], brought["memories"], brought["skipped"]) == (0, 0, 7)
