"""The socket under the real server: origin before the upgrade, resuming, a hundred idle clients, a clean stop."""

import json
import shutil
import socket
from contextlib import ExitStack, closing, contextmanager, suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import websocket
from support.api_process import served_api

from api.room import LOCAL_USER
from triptych.events.event import Event, EventType
from triptych.settings import Settings
from triptych.wire import Wire
from triptych.wire import connect as redis_client

pytestmark = pytest.mark.stack
WAIT_S = 30


def own_home(tmp_path_factory, migrated_sqlite, redis_url) -> Settings:
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    return Settings(home=home, redis_url=redis_url)


@pytest.fixture(scope="module")
def served(tmp_path_factory, migrated_sqlite, redis_url):
    with served_api(own_home(tmp_path_factory, migrated_sqlite, redis_url)) as api:
        yield api


@contextmanager
def connect(served, query="", **options):
    client = websocket.create_connection(served.socket_url + query, timeout=WAIT_S, **options)
    try:
        yield client
    finally:
        client.shutdown()


def submit(served) -> str:
    import urllib.request

    body = json.dumps({"pipeline": "text.keywords", "text": "words"}).encode()
    asked = urllib.request.Request(
        f"{served.url}/api/v1/jobs", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(asked, timeout=WAIT_S) as answer:
        return json.load(answer)["id"]


def test_client_that_comes_back_misses_nothing(served):
    with connect(served) as first:
        hello = json.loads(first.recv())
        seen = submit(served)
        told = json.loads(first.recv())
    missed = submit(served)

    with connect(served, f"?after={told['id']}") as second:
        again = json.loads(second.recv())
        next_told = json.loads(second.recv())

    assert hello["type"] == "hello"
    assert (told["type"], told["job_id"]) == ("job.queued", seen)
    assert again == {"type": "hello", "id": told["id"]}
    assert next_told["job_id"] == missed


@pytest.mark.parametrize(
    ("options", "status"),
    [({"origin": "http://evil.example"}, 403), ({"host": "evil.example"}, 421), ({"origin": "null"}, 403)],
)
def test_foreign_page_gets_no_upgrade(served, options, status):
    own = socket.create_connection(("127.0.0.1", served.port))  # the client library does not close one of its own here

    with closing(own), pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(served.socket_url, socket=own, **options)

    assert refused.value.status_code == status


def test_own_page_gets_an_upgrade(served):
    with connect(served, origin=served.url) as client:
        first = json.loads(client.recv())

    assert first["type"] == "hello"


def test_client_that_talks_is_sent_away(served):
    with connect(served) as client:
        client.recv()
        client.send("anything")
        opcode, frame = client.recv_data()

    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(frame[:2]) == 1003


def test_too_large_a_message_ends_the_connection(served):
    with connect(served) as client:
        client.recv()
        client.send("x" * 5000)
        opcode, frame = client.recv_data()

    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(frame[:2]) in (1003, 1009)


def test_a_hundred_idle_sockets_do_not_stop_requests_and_all_hear(served):
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(served)) for _ in range(100)]
        for client in clients:
            client.recv()

        job_id = submit(served)
        heard = {json.loads(client.recv())["job_id"] for client in clients}

    assert heard == {job_id}


def test_stopping_server_tells_its_clients(tmp_path_factory, migrated_sqlite, redis_url):
    with served_api(own_home(tmp_path_factory, migrated_sqlite, redis_url)) as served, connect(served) as client:
        client.recv()
        served.process.terminate()
        opcode, frame = client.recv_data()

    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(frame[:2]) == 1001


def test_client_that_never_reads_is_cut_off_and_harms_nobody(served, redis_url):
    wire = Wire(redis_client(redis_url))
    with deaf_client(served) as deaf, connect(served, skip_utf8_validation=True) as client:
        client.recv()
        heard = []
        for batch in range(15):  # 45 MB: more than the kernel and the client's queue in the server hold
            wire.send(events=[large_event(batch, number) for number in range(100)])
            heard += [json.loads(client.recv())["data"]["note"].rstrip("x") for _ in range(100)]
        answered = submit(served)
        told = json.loads(client.recv())
        got_bytes = read_to_the_end(deaf)

    assert heard == [f"{batch}.{number} " for batch in range(15) for number in range(100)]
    assert told["job_id"] == answered
    assert got_bytes < 15 * 100 * LARGE


LARGE = 30_000


def large_event(batch: int, number: int) -> Event:
    note = f"{batch}.{number} " + "x" * LARGE
    return Event(EventType.PROGRESS, LOCAL_USER, "job", "text.keywords", 0.0, {"fraction": None, "note": note})


@contextmanager
def deaf_client(served):
    """A WebSocket that asks for everything and reads nothing, with little room for it on the way."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 262_144)
        deaf.settimeout(WAIT_S)
        deaf.connect(("127.0.0.1", served.port))
        deaf.sendall(
            f"GET /api/v1/socket HTTP/1.1\r\nHost: localhost:{served.port}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert deaf.recv(12) == b"HTTP/1.1 101"
        yield deaf


def read_to_the_end(connection: socket.socket) -> int:
    """How many bytes came before the server ended it, by a closing frame or at once; no end is a TimeoutError."""
    received, tail = 0, b""
    with suppress(ConnectionResetError):
        while b"too slow: come again" not in tail and (chunk := connection.recv(1_000_000)):
            received, tail = received + len(chunk), tail[-100:] + chunk
    return received


def test_refusal_of_a_large_body_reaches_its_sender(served):
    head = b'--b\r\nContent-Disposition: form-data; name="pipeline"\r\n\r\nno.such\r\n--b\r\n'
    length = len(head) + 20_000_000
    with socket.create_connection(("127.0.0.1", served.port), timeout=WAIT_S) as sender:
        sender.sendall(
            f"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n".encode()
        )
        sender.sendall(head + bytes(20_000_000))
        answer = sender.recv(65536)

    assert answer.startswith(b"HTTP/1.1 422")
    assert b"unknown_pipeline" in answer


def test_server_open_to_others_asks_who_is_there(tmp_path_factory, migrated_sqlite, redis_url, monkeypatch, capfd):
    monkeypatch.setenv("TRIPTYCH_HOST", "0.0.0.0")

    with served_api(own_home(tmp_path_factory, migrated_sqlite, redis_url)) as api:
        with pytest.raises(HTTPError) as refused, urlopen(f"{api.url}/api/v1/jobs", timeout=WAIT_S):
            pass
        with pytest.raises(websocket.WebSocketBadStatusException) as turned_away:
            websocket.create_connection(api.socket_url, timeout=WAIT_S)

    with refused.value as answer:
        assert (answer.code, json.load(answer)["code"]) == (401, "unauthenticated")
    assert turned_away.value.status_code == 401
    assert "/setup" in capfd.readouterr().err
