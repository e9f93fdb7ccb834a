"""Bodies under the real server: read to their end and not a byte further, and on the disk as they come."""

import http.client
import json
import socket
import urllib.request
from contextlib import closing

import pytest
from support.until import until

from api.offload import BEHIND_BYTES

pytestmark = pytest.mark.stack
WAIT_S = 30
LARGE = b"many words " * 500_000


def request(served, first: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{first} HTTP/1.1", f"Host: localhost:{served.port}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def upload(served, body: bytes, *more: str, length: int | None = None) -> bytes:
    sized = f"Content-Length: {len(body) if length is None else length}"
    return request(served, "POST /api/v1/files?name=words.txt", "Content-Type: text/plain", sized, *more, body=body)


def answers_to(served, sent: bytes) -> list[tuple[int, dict]]:
    """Status and JSON of every answer on one connection, on which nothing more is sent."""
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=WAIT_S)) as connection:
        connection.sendall(sent)
        return answers_on(connection)


def answers_on(connection: socket.socket) -> list[tuple[int, dict]]:
    connection.shutdown(socket.SHUT_WR)
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    told = [one.split(b"\r\n\r\n", 1) for one in received.split(b"HTTP/1.1 ")[1:]]
    return [(int(head[:3]), json.loads(body)) for head, body in told]


def exchange(connection, method: str, url: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection.request(method, url, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def listed(served) -> list[str]:
    with urllib.request.urlopen(f"{served.url}/api/v1/jobs") as answer:
        return [job["inputs"][0]["name"] for job in json.load(answer)["items"]]


def bytes_received(served) -> int:
    return sum(path.stat().st_size for path in (served.home / "blobs" / "incoming").glob("*"))


def test_requests_sent_behind_one_another_are_all_answered(served):
    sent = [b"first", LARGE, b"third"]

    answers = answers_to(
        served, b"".join([*(upload(served, body) for body in sent[:2]), upload(served, sent[2], "Connection: close")])
    )

    assert [(status, file["size_bytes"]) for status, file in answers] == [(201, len(body)) for body in sent]


def test_answers_without_a_body_or_with_a_part_of_it_leave_their_connection_in_order(served):
    [(_, file)] = answers_to(served, upload(served, b"0123456789", "Connection: close"))
    tag = f'"{file["sha256"]}"'
    asked = [("HEAD", {}), ("GET", {"If-None-Match": tag}), ("GET", {"Range": "bytes=-3"}), ("GET", {"If-Match": "x"})]

    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=WAIT_S)) as connection:
        told = [exchange(connection, method, file["url"], headers) for method, headers in [*asked, ("GET", {})]]

    assert [status for status, _ in told] == [200, 304, 206, 412, 200]
    assert [told[number][1] for number in (0, 1, 2, 4)] == [b"", b"", b"789", b"0123456789"]


def test_body_that_ends_early_is_refused_and_leaves_nothing(served):
    [(status, problem)] = answers_to(served, upload(served, LARGE, length=len(LARGE) + 1))

    assert (status, problem["code"]) == (400, "bad_request")
    assert list((served.home / "blobs" / "incoming").iterdir()) == []


@pytest.mark.parametrize("path", ["files?name=words.txt", "jobs"])
def test_body_of_no_stated_length_is_empty_and_not_the_next_request(served, path):
    first = request(served, f"POST /api/v1/{path}", "Content-Type: application/json")
    second = request(served, "GET /api/v1/session", "Connection: close")

    answers = answers_to(served, first + second)

    assert [status for status, _ in answers] in ([422, 200], [400, 200])
    assert answers[1][1]["mode"] == "local"


def test_upload_goes_to_the_disk_as_it_comes(served):
    size = 8 * BEHIND_BYTES
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=WAIT_S)) as connection:
        connection.sendall(upload(served, b"a" * size, length=size + 1))
        until(lambda: bytes_received(served) >= size - BEHIND_BYTES)
        connection.sendall(b"a")
        [(status, file)] = answers_on(connection)

    assert (status, file["size_bytes"]) == (201, size + 1)


def test_job_of_a_slow_upload_is_the_newest_when_it_is_accepted(served):
    form = b'--b\r\nContent-Disposition: form-data; name="pipeline"\r\n\r\ntext.keywords\r\n--b\r\n'
    form += b'Content-Disposition: form-data; name="file"; filename="slow.txt"\r\n\r\nwords\r\n--b--\r\n'
    of_form = ("Content-Type: multipart/form-data; boundary=b", f"Content-Length: {len(form)}", "Connection: close")
    quick = json.dumps({"pipeline": "text.keywords", "text": "quick"}).encode()
    of_json = ("Content-Type: application/json", f"Content-Length: {len(quick)}", "Connection: close")

    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=WAIT_S)) as connection:
        connection.sendall(request(served, "POST /api/v1/jobs?wait=0.1", *of_form, body=form[:-10]))
        answers_to(served, request(served, "POST /api/v1/jobs", *of_json, body=quick))
        connection.sendall(form[-10:])
        answers_on(connection)

    assert listed(served) == ["slow.txt", "quick.txt"]
