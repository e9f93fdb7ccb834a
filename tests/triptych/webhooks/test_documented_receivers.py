"""The receivers in docs/webhooks.md take what is signed, and refuse all else without falling over."""

import os
import re
import shutil
import subprocess
import textwrap
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import time
from typing import Any

import pytest
from support.api_process import free_port
from support.until import LONGEST_S, at_most

from triptych.webhooks.signing import new_secret, signed_headers

Post = Callable[[Mapping[str, str], bytes], int]

ROOT = Path(__file__).parents[3]
SECRET = new_secret()
BODY = b'{"type": "webhook.test", "timestamp": "2026-11-28T10:00:00.000Z", "data": {"webhook_id": "a"}}'
FRESH = {"webhook-id": "one", "webhook-timestamp": str(int(time()))}


def example(language: str) -> str:
    """The first indented block behind the words that name the language."""
    page = (ROOT / "docs" / "webhooks.md").read_text()
    _, found, rest = page.partition(f"In {language}, with")
    assert found, f"docs/webhooks.md has no receiver in {language}"
    block = re.search(r"(?:^    .*\n|^\n)+", rest.partition("\n")[2], re.MULTILINE)
    assert block is not None
    return textwrap.dedent(block[0])


@pytest.fixture(scope="module")
def python() -> Post:
    names: dict[str, Any] = {"__name__": "receiver"}  # Any: whatever the example names
    exec(example("Python").replace("whsec_...", SECRET), names)
    client = names["app"].test_client()

    def post(headers: Mapping[str, str], body: bytes) -> int:
        status: int = client.post("/hooks/triptych", headers=headers, data=body).status_code
        return status

    return post


@pytest.fixture(scope="module")
def node() -> Iterator[Post]:
    port, program = free_port(), example("Node")
    assert ".listen(9000);" in program
    told = program.replace(".listen(9000);", f'.listen({port}, "127.0.0.1", () => console.log("ready"));')
    runs = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    command = [runs, "--input-type=module", "-e", told]
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            assert process.stdout is not None
            with at_most(LONGEST_S, process.kill):
                assert process.stdout.readline() == b"ready\n"
            yield lambda headers, body: _posted(port, headers, body)
        finally:
            process.kill()


def _posted(port: int, headers: Mapping[str, str], body: bytes) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/hooks/triptych", body, dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=LONGEST_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.fixture(params=["python", "node"])
def post(request: pytest.FixtureRequest) -> Post:
    found: Post = request.getfixturevalue(request.param)
    return found


def test_what_is_signed_is_taken(post: Post) -> None:
    headers = signed_headers([new_secret(), SECRET], "one", int(time()), BODY)

    assert post(headers, BODY) == 204


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (FRESH, BODY),
        ({**FRESH, "webhook-signature": "nonsense"}, BODY),
        ({**FRESH, "webhook-signature": "v1,a"}, BODY),
        ({**FRESH, "webhook-timestamp": "now", "webhook-signature": "v1,a"}, BODY),
        (signed_headers([SECRET], "one", int(time()), BODY), BODY + b" "),
        (signed_headers([SECRET], "one", int(time()) - 600, BODY), BODY),
        (signed_headers([new_secret()], "one", int(time()), BODY), BODY),
        (signed_headers([SECRET], "one", int(time()), BODY), b"\xff"),
    ],
    ids=["unsigned", "no signature", "garbled", "short", "no time", "changed", "old", "another's", "no text"],
)
def test_what_is_not_ours_is_refused(post: Post, headers: Mapping[str, str], body: bytes) -> None:
    assert post(headers, body) == 401
    assert post(signed_headers([SECRET], "two", int(time()), BODY), BODY) == 204
