"""One attempt: checked anew, to the address that was checked, by its name, and over in time."""

import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.receiver import Receiver, a_sender, a_webhook, listening, receiving
from support.stores import HandClock
from support.work import OWNER

from triptych.store import Store
from triptych.webhooks.claiming import Claimed, claim, list_due
from triptych.webhooks.deliveries import send_test
from triptych.webhooks.sending import Outcome
from triptych.webhooks.targets import Reach

pytestmark = pytest.mark.redis

NAME = "hooks.example"


class Certificates(NamedTuple):
    """What a receiver shows, and what a sender has to trust to believe it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of an authority that nobody but a test trusts, for ``NAME``."""
    path: Path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return Certificates(server, ssl.create_default_context(cafile=str(path)))


def a_delivery(store: Store, url: str) -> Claimed:
    """A test of a webhook that leads to ``url``, claimed."""
    send_test(store, OWNER, a_webhook(store, OWNER, url).webhook.id)
    [claimed] = claim(store, [due.delivery_id for due in list_due(store)])
    return claimed


class Names:
    """Resolves a name to other addresses each time."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = iter(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return next(self._answers)


def error_of(outcome: Outcome) -> str:
    assert outcome.attempt.error is not None
    return outcome.attempt.error


def test_a_name_that_leads_home_the_second_time_is_not_followed(sqlite_store: Store, receiver: Receiver) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    claimed = a_delivery(sqlite_store, f"http://{NAME}:{receiver.port}/")
    sender = a_sender(sqlite_store.clock, resolve=names)

    outcomes = [sender.send(claimed), sender.send(claimed)]

    assert [outcome.attempt.status for outcome in outcomes] == [204, None]
    assert error_of(outcomes[1]) == f"not sent: {NAME} leads to no public address"
    assert len(receiver.got) == 1
    assert names.asked == [NAME, NAME]


def test_a_name_that_leads_to_this_machine_is_sent_nothing_where_that_is_not_allowed(
    sqlite_store: Store, receiver: Receiver
) -> None:
    claimed = a_delivery(sqlite_store, f"https://{NAME}:{receiver.port}/")
    sender = a_sender(sqlite_store.clock, reach=Reach(public=True, private=False), resolve=Names(["127.0.0.1"]))

    outcome = sender.send(claimed)

    assert "not sent" in error_of(outcome)
    assert receiver.got == []


def test_https_is_spoken_with_the_name_to_the_address_that_was_checked(
    sqlite_store: Store, certificates: Certificates
) -> None:
    with receiving(certificates.server) as receiver:
        claimed = a_delivery(sqlite_store, f"https://{NAME}:{receiver.port}/hook?key=1")
        names = Names(["127.0.0.1"])

        outcome = a_sender(sqlite_store.clock, resolve=names, tls=certificates.client).send(claimed)

    [got] = receiver.got
    assert outcome.attempt.error is None
    assert got.path == "/hook?key=1"
    assert got.headers["host"] == f"{NAME}:{receiver.port}"
    assert names.asked == [NAME]


@pytest.mark.parametrize(("name", "is_trusted"), [(NAME, False), ("other.example", True)])
def test_a_certificate_that_does_not_vouch_for_the_name_ends_it(
    sqlite_store: Store, certificates: Certificates, name: str, is_trusted: bool
) -> None:
    with receiving(certificates.server) as receiver:
        claimed = a_delivery(sqlite_store, f"https://{name}:{receiver.port}/")
        tls = certificates.client if is_trusted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

        outcome = a_sender(sqlite_store.clock, resolve=Names(["127.0.0.1"]), tls=tls).send(claimed)

    assert "certificate verify failed" in error_of(outcome)
    assert receiver.got == []


def test_a_redirect_is_not_followed(sqlite_store: Store, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    claimed = a_delivery(sqlite_store, receiver.url)

    outcome = a_sender(sqlite_store.clock).send(claimed)

    assert outcome.attempt.error == "it answered 302, and redirects are not followed"
    assert len(receiver.got) == 1


def test_the_next_address_is_tried_where_nobody_listens_at_the_first(sqlite_store: Store, receiver: Receiver) -> None:
    claimed = a_delivery(sqlite_store, f"http://{NAME}:{receiver.port}/")

    outcome = a_sender(sqlite_store.clock, resolve=Names(["::1", "127.0.0.1"])).send(claimed)

    assert outcome.attempt.error is None
    assert len(receiver.got) == 1


def test_nobody_listening_is_told(sqlite_store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    claimed = a_delivery(sqlite_store, f"http://127.0.0.1:{port}/")

    outcome = a_sender(sqlite_store.clock).send(claimed)

    assert "ConnectionRefusedError" in error_of(outcome)
    assert (outcome.attempt.status, outcome.attempt.answer) == (None, "")


def test_an_answer_is_kept_by_its_first_bytes(sqlite_store: Store, receiver: Receiver) -> None:
    receiver.status, receiver.text = 500, b"\xff\x00broken" + b"x" * 1_000_000
    claimed = a_delivery(sqlite_store, receiver.url)

    outcome = a_sender(sqlite_store.clock).send(claimed)

    assert (outcome.attempt.status, outcome.attempt.error) == (500, "it answered 500")
    assert outcome.attempt.answer.startswith("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}broken")
    assert len(outcome.attempt.answer) == 1024


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 banana\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200]
)
def test_what_is_no_http_is_told_as_that(sqlite_store: Store, answer: bytes) -> None:
    with listening(answer) as url:
        outcome = a_sender(sqlite_store.clock).send(a_delivery(sqlite_store, url))

    assert outcome.attempt.status is None
    assert error_of(outcome)


def test_a_receiver_that_drips_its_answer_is_left_in_time(sqlite_store: Store) -> None:
    clock = HandClock()

    def running() -> float:
        clock.forward(4.0)  # each look at the clock
        return clock.now

    with listening(b"HTTP/1.1 200 OK\r\nA: ") as url:
        outcome = a_sender(sqlite_store.clock, running_clock=running).send(a_delivery(sqlite_store, url))

    assert "no answer within 15 s" in error_of(outcome)
