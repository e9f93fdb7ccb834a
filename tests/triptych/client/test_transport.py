"""Requests are sent again where that is safe and may help, and what goes wrong is told apart."""

import json
from pathlib import Path

import pytest
from support.api_process import free_port
from support.own_authority import certified
from support.scripted_server import Answer, scripted

from triptych.client import Client, Misunderstood, NotAllowed, Patience, Refused, Unreachable, Unusable

STATS = Answer(200, b'{"states": {"queued": 1}, "items": []}')


def problem(status: int, code: str, **headers: str) -> Answer:
    told = {"title": "No", "status": status, "code": code, "detail": f"because of {code}"}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(told).encode(), {"Content-Type": "application/problem+json", **sent})


@pytest.mark.parametrize(
    "trouble",
    [
        problem(503, "database_away", Retry_After="0"),
        problem(429, "rate_limited", Retry_After="0"),
        Answer(502, b"<html>Bad Gateway</html>"),
        Answer(200, b"{", claims_bytes=100),
    ],
    ids=["away", "too many", "gateway", "broken off"],
)
def test_a_question_is_asked_again(trouble: Answer, against) -> None:
    with against(trouble, trouble, STATS) as (server, client):
        stats = client.house.stats()

    assert stats.states == {"queued": 1}
    assert len(server.asked) == 3


def test_what_would_do_more_twice_is_sent_once(against) -> None:
    with against(Answer(200, b"{", claims_bytes=100)) as (server, client), pytest.raises(Unreachable):
        client.jobs.retry("J")

    assert [one.method for one in server.asked] == ["POST"]


def test_a_new_job_is_asked_for_again_under_the_same_key(against, quick: Patience) -> None:
    with against(Answer(200, b"{", claims_bytes=100)) as (server, client), pytest.raises(Unreachable):
        client.jobs.create("text.keywords", text="fox")

    assert len(server.asked) == quick.attempts
    assert len({one.headers["Idempotency-Key"] for one in server.asked}) == 1


def test_a_refusal_is_not_asked_again(against) -> None:
    with (
        against(problem(429, "quota_exceeded")) as (server, client),
        pytest.raises(Refused, match="because of quota_exceeded"),
    ):
        client.jobs.create("text.keywords", text="fox")

    assert len(server.asked) == 1


def test_who_is_told_to_come_back_much_later_is_told_so(against) -> None:
    with (
        against(problem(429, "rate_limited", Retry_After="3600")) as (server, client),
        pytest.raises(Refused) as refused,
    ):
        client.house.stats()

    assert refused.value.again_s == 3600
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_does_not_suffice_is_told_as_that(status: int, against) -> None:
    with against(problem(status, "no_key")) as (server, client), pytest.raises(NotAllowed):
        client.house.stats()

    assert server.asked[0].headers["Authorization"] == "Bearer tri_key"


def test_nobody_there_is_told_with_the_address(quick: Patience) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    with Client(url, patience=quick) as client, pytest.raises(Unreachable) as away:
        client.house.stats()

    assert str(away.value).startswith(f"{url} does not answer: ")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(404, b"<html>nothing</html>"), "answers 404 Not Found: is it Triptych"),
        (Answer(301, b"", {"Location": "https://triptych.example"}), "it is at https://triptych.example"),
        (Answer(200, b"<html>hello</html>"), "is no Triptych of this version"),
        (Answer(200, b'{"states": 3, "items": []}'), "states: Input should be"),
    ],
)
def test_another_server_is_told_as_that(answer: Answer, told: str, against) -> None:
    with against(answer) as (_, client), pytest.raises(Misunderstood, match=told):
        client.house.stats()


@pytest.mark.parametrize("url", ["localhost", "localhost:8000", "ftp://localhost", "http://", "http://[::1", ""])
def test_what_is_no_address_is_told_as_that(url: str) -> None:
    with pytest.raises(Unusable, match="should look like"):
        Client(url)


@pytest.mark.parametrize("key", ["tri_secret\nHost: elsewhere", "tri_geheimnisvöll"])
def test_what_is_no_key_is_told_without_repeating_it(key: str) -> None:
    with pytest.raises(Unusable) as told:
        Client("http://localhost", key)

    assert "tri_" not in str(told.value)


def from_environment(**environment: str) -> Client:
    return Client.from_environment(environment)


def test_address_and_key_come_from_the_environment() -> None:
    with scripted(STATS) as server, from_environment(TRIPTYCH_URL=f"{server.url}/", TRIPTYCH_KEY="tri_x") as client:
        client.house.stats()

    assert (server.asked[0].path, server.asked[0].headers["Authorization"]) == ("/api/v1/stats", "Bearer tri_x")


def test_a_certificate_of_ones_own_is_trusted_here_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = tmp_path / "own.pem"
    with scripted(STATS, tls=certified(authority)) as server:
        with (
            Client(server.url, patience=Patience(attempts=1)) as client,
            pytest.raises(Unreachable, match="certificate"),
        ):
            client.house.stats()
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))

        with Client(server.url) as client:
            stats = client.house.stats()

    assert stats.states == {"queued": 1}


def test_a_server_without_tls_is_told_as_that(quick: Patience) -> None:
    with (
        scripted(STATS) as server,
        Client(server.url.replace("http:", "https:"), patience=quick) as client,
        pytest.raises(Unreachable, match="speaks no TLS: begin the address with http://"),
    ):
        client.house.stats()


def test_nobody_is_bothered_with_the_number_of_an_error(quick: Patience) -> None:
    with Client(f"http://127.0.0.1:{free_port()}", patience=quick) as client, pytest.raises(Unreachable) as error:
        client.house.stats()

    assert str(error.value).endswith("does not answer: Connection refused")
