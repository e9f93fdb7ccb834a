"""text.answer waits for a server that may come back, and leaves one that will not mend."""

import socket

import pytest
from support.answer_servers import KEY, LONGEST_S, Script, serving, stream
from support.raw_server import answering

from pipelines.errors import BadInput, Cancelled, EngineUnavailable, ServerAway, TransientFailure

HARBOUR = "The harbour of Ardal opened in 1871."


def test_cancel_closes_the_stream_so_that_the_server_stops(ask):
    checks = iter(range(1000))

    def cancelled_at_fourth():
        if next(checks) >= 3:
            raise Cancelled

    with serving(Script(["It "], never_ends=True)) as script:
        with pytest.raises(Cancelled):
            ask("When?", url=script.url, check=cancelled_at_fourth)
        noticed = script.broken_off.wait(LONGEST_S)

    assert noticed


@pytest.mark.parametrize("status", [429, 502, 503])
def test_server_that_has_no_time_is_waited_for(ask, status):
    with serving(Script(status=status, refusal="busy")) as script, pytest.raises(ServerAway, match="busy"):
        ask("When?", url=script.url)


def test_server_that_says_when_it_has_time_again_is_heard(ask):
    busy = Script(status=429, refusal="busy", retry_after="17")

    with serving(busy) as script, pytest.raises(ServerAway) as told:
        ask("When?", url=script.url)

    assert told.value.retry_after_s == 17.0


def test_server_that_dies_in_the_middle_may_be_tried_again(ask):
    dying = Script(["It opened ", "in 18", "71."], dies_after=2)

    with serving(dying) as script, pytest.raises(TransientFailure, match="server") as told:
        ask("When?", url=script.url)

    assert len(script.asked) == 1
    assert not isinstance(told.value, ServerAway)


def test_server_that_does_not_stop_writing_is_left(ask):
    endless = Script(over_and_over=stream("word " * 2000).partition(b"\n\n")[0] + b"\n\n")

    with serving(endless) as script:
        with pytest.raises(BadInput, match="goes on behind 32,768 characters") as told:
            ask("When?", url=script.url)
        noticed = script.broken_off.wait(LONGEST_S)

    assert noticed
    assert told.value.code == "endless_answer"


def test_server_that_is_gone_is_waited_for_and_not_stood_in_for(ask):
    with socket.create_server(("127.0.0.1", 0)) as closing:
        url = f"http://127.0.0.1:{closing.getsockname()[1]}/v1"

    with pytest.raises(ServerAway, match="does not answer"):
        ask("When?", HARBOUR, url=url)


LOOP = b"HTTP/1.1 307 Elsewhere\r\nLocation: /v1/chat/completions\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ASTRAY = b"HTTP/1.1 307 Elsewhere\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (LOOP, "maximum allowed redirects"),
        (ASTRAY, "unsupported protocol 'ftp://'"),
        (ENDLESS, "buffer too long"),
        (b"this is no HTTP\r\n\r\n", "illegal status line"),
    ],
    ids=["redirects in a circle", "redirects to no HTTP", "headers without end", "no HTTP"],
)
def test_what_no_waiting_mends_fails_at_once(ask, answer, why):
    with answering(answer) as url, pytest.raises(EngineUnavailable, match=f"TRIPTYCH_ANSWER_URL .*{why}"):
        ask("When?", url=f"{url}/v1")


def test_server_that_hangs_up_before_it_says_anything_is_waited_for(ask):
    with answering(b"") as url, pytest.raises(ServerAway, match="does not answer"):
        ask("When?", url=f"{url}/v1")


@pytest.mark.parametrize(("status", "failure"), [(401, EngineUnavailable), (404, EngineUnavailable), (400, BadInput)])
def test_refusal_is_told_in_the_servers_words_without_the_key(ask, status, failure):
    with serving(Script(status=status, refusal=f"no, {KEY}")) as script, pytest.raises(failure, match="no, ") as told:
        ask("When?", url=script.url)

    assert script.keys == [f"Bearer {KEY}"]
    assert KEY not in told.value.message
