"""What `/api/v1/listen` refuses, and that a recording stays whatever nonsense its client talks."""

import json

import pytest
import websocket
from support.listening import SOUND, begun, status_of
from support.live_client import live_client

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "bad_json"),
        ('{"type": "start"}', "bad_request"),
        ('{"type": "pause"}', "invalid_request"),
        ('{"type": "stop", "now": true}', "invalid_request"),
    ],
)
def test_text_that_is_no_stop_is_refused_and_the_recording_stays(served, text, code):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.say(text)
        refused = client.told("refused")

    with live_client(served) as client:
        client.ask("resume", job_id=started["job_id"])
        resumed = client.told("started")

    assert refused["problem"]["code"] == code
    assert resumed["received_bytes"] == len(SOUND)


@pytest.mark.parametrize(
    ("asked", "code", "where"),
    [
        ({"type": "start", "params": {"size": "colossal"}}, "invalid_params", "params.size"),
        ({"type": "start", "params": {"skip_silence": False}}, "invalid_params", "params.skip_silence"),
        ({"type": "start", "name": "x" * 256}, "name_too_long", "name"),
        ({"type": "stop"}, "bad_request", None),
        ({"type": "resume", "job_id": "00000000-0000-7000-9000-000000000000"}, "not_found", None),
    ],
)
def test_nonsense_at_the_beginning_is_refused_by_name(served, asked, code, where):
    with live_client(served) as client:
        client.say(json.dumps(asked))
        problem = client.told("refused")["problem"]

    assert problem["code"] == code
    assert where is None or problem["errors"][0]["where"] == where


def test_sound_before_a_beginning_is_refused(served):
    with live_client(served) as client:
        client.sound(SOUND[:3200])
        problem = client.told("refused")["problem"]

    assert problem["code"] == "bad_request"


def test_recording_that_has_ended_cannot_be_gone_on_with(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.ask("stop")
        client.told("kept")

    with live_client(served) as client:
        client.ask("resume", job_id=started["job_id"])
        problem = client.told("refused")["problem"]

    assert problem["code"] == "recording_ended"


def test_too_large_a_message_breaks_the_connection_and_not_the_recording(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.received(len(SOUND))
        client.sound(bytes(70_000), piece_bytes=70_000)
        code = client.close_code()

    with live_client(served) as client:
        client.ask("resume", job_id=started["job_id"])
        resumed = client.told("started")

    assert code == 1009
    assert resumed["received_bytes"] == len(SOUND)


def test_stop_without_a_sound_leaves_nothing_behind(served):
    with live_client(served) as client:
        started = begun(client)
        client.ask("stop")
        refused = client.told("refused")
        code = client.close_code()

    assert (refused["problem"]["code"], code) == ("empty_file", 1008)
    assert status_of(served, f"/api/v1/jobs/{started['job_id']}") == 404
    assert status_of(served, f"/api/v1/files/{started['file_id']}") == 404


def test_bytes_of_a_recording_are_not_given_out_while_it_is_made(served):
    with live_client(served) as client:
        started = begun(client)
        status = status_of(served, f"/api/v1/files/{started['file_id']}/content")

    assert status == 409


def test_foreign_page_gets_no_microphone(served):
    with (
        pytest.raises(websocket.WebSocketBadStatusException) as refused,
        live_client(served, origin="http://evil.example"),
    ):
        pass

    assert refused.value.status_code == 403


def test_plain_request_is_told_what_is_wanted(served):
    assert status_of(served, "/api/v1/listen") == 426
