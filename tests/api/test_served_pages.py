"""Pages drawn by the server as users run it: an event loop, which goes on meanwhile."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from support.pdfs import pdf

MOST_S = 60


def ask(url: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=MOST_S) as answer:
        return answer.read()


def test_others_are_answered_while_pages_are_drawn(served):
    kept = json.loads(
        ask(f"{served.url}/api/v1/files?name=mill.pdf", pdf([["The mill"], ["It turns"], ["So it says"]]))
    )
    file = f"{served.url}/api/v1/files/{kept['id']}"

    with ThreadPoolExecutor(4) as pool:
        drawing, answered = [pool.submit(ask, f"{file}/pages/{page}") for page in (1, 2, 3)], 0
        told = pool.submit(ask, f"{file}/text?page=2")
        while not all(one.done() for one in drawing):
            ask(file)
            answered += 1

    assert [one.result()[:2] for one in drawing] == [b"\xff\xd8"] * 3
    assert "It turns" in json.loads(told.result())["text"]
    assert answered > 2
