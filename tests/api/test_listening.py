"""Recordings under the real server: nothing that was taken is lost, whoever breaks, dies or talks nonsense."""

import json
import random
import shutil
import urllib.error
import urllib.request
import wave
from contextlib import ExitStack, closing
from io import BytesIO

import pytest
import websocket
from support.api_process import served_api
from support.live_client import live_client
from support.work import a_claim, fail

from api.room import LOCAL_USER
from triptych.jobs.reading import get_job
from triptych.settings import Settings
from triptych.store import open_store

pytestmark = pytest.mark.stack

SOUND = random.Random(7).randbytes(64_000)  # two seconds of noise


@pytest.fixture
def own_home(tmp_path, migrated_sqlite, redis_url) -> Settings:
    """The home of a server that a test stops."""
    shutil.copy(migrated_sqlite, tmp_path / "triptych.db")
    return Settings(home=tmp_path, redis_url=redis_url)


def get(served, path: str) -> bytes:
    with urllib.request.urlopen(f"{served.url}{path}", timeout=30) as answer:
        return answer.read()


def post(served, path: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{served.url}{path}", method="POST"), timeout=30).close()


def job_of(served, job_id: str):
    return json.loads(get(served, f"/api/v1/jobs/{job_id}"))


def samples_of(served, file_id: str) -> bytes:
    with wave.open(BytesIO(get(served, f"/api/v1/files/{file_id}/content"))) as file:
        return file.readframes(file.getnframes())


def status_of(served, path: str) -> int:
    try:
        get(served, path)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 200


def begun(client, **asked) -> dict:
    client.ask("start", **asked)
    return client.told("started")


def test_job_and_recording_are_there_before_a_byte_is_taken(served):
    with live_client(served) as client:
        started = begun(client, name="talk", params={"size": "tiny", "language": "en"})
        job = job_of(served, started["job_id"])

    assert started["received_bytes"] == 0
    assert (job["pipeline"], job["state"], job["params"]["size"]) == ("audio.listen", "queued", "tiny")
    assert [(one["file_id"], one["name"]) for one in job["inputs"]] == [(started["file_id"], "talk.wav")]


def test_what_was_said_is_a_wav_file_when_it_is_stopped(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.ask("stop")
        kept = client.told("kept")

    assert kept["reason"] == "stopped"
    assert kept["received_bytes"] == len(SOUND)
    assert samples_of(served, started["file_id"]) == SOUND
    assert job_of(served, started["job_id"])["inputs"][0]["media_type"] == "audio/wav"


def test_bytes_are_acknowledged_once_they_are_on_the_disk(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.received(len(SOUND))

    assert (served.home / "blobs" / "growing" / started["file_id"]).read_bytes() == SOUND


def test_pieces_may_be_cut_within_a_sample(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND + b"x", piece_bytes=777)
        client.ask("stop")
        client.told("kept")

    assert samples_of(served, started["file_id"]) == SOUND


def test_client_whose_connection_broke_goes_on_where_it_was(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND[:20_000])
        client.received(20_000)

    with live_client(served) as client:
        client.ask("resume", job_id=started["job_id"])
        resumed = client.told("started")
        client.sound(SOUND[resumed["received_bytes"] :])
        client.ask("stop")
        client.told("kept")

    assert resumed["received_bytes"] == 20_000
    assert samples_of(served, started["file_id"]) == SOUND


def test_client_that_comes_again_displaces_its_half_dead_connection(served):
    with live_client(served) as first, live_client(served) as second:
        started = begun(first)
        first.sound(SOUND[:20_000])
        first.received(20_000)
        second.ask("resume", job_id=started["job_id"])
        second.told("started")
        second.sound(SOUND[20_000:])
        second.ask("stop")
        second.told("kept")

    assert samples_of(served, started["file_id"]) == SOUND


def test_recording_survives_a_killed_server(own_home):
    with served_api(own_home) as served, live_client(served) as client:
        started = begun(client)
        client.sound(SOUND[:20_000])
        client.received(20_000)
        served.process.kill()
        served.process.wait()

    with served_api(own_home) as served, live_client(served) as client:
        client.ask("resume", job_id=started["job_id"])
        resumed = client.told("started")
        client.sound(SOUND[resumed["received_bytes"] :])
        client.ask("stop")
        client.told("kept")
        said = samples_of(served, started["file_id"])

    assert said == SOUND


def test_stopping_server_lets_its_client_go_on_with_another(own_home):
    with served_api(own_home) as served, live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.received(len(SOUND))
        served.process.terminate()
        code = client.close_code()

    with served_api(own_home) as served, live_client(served) as client:
        client.ask("resume", job_id=started["job_id"])
        resumed = client.told("started")

    assert code == 1001
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


def test_cancelled_job_ends_the_recording_and_keeps_it(served):
    with live_client(served) as client:
        started = begun(client)
        client.sound(SOUND)
        client.received(len(SOUND))
        post(served, f"/api/v1/jobs/{started['job_id']}/cancel")
        kept = client.told("kept")
        code = client.close_code()

    assert (kept["reason"], code) == ("cancelled", 1000)
    assert samples_of(served, started["file_id"]) == SOUND


def test_recording_goes_on_when_its_job_fails(served, redis_url):
    store = open_store(Settings(home=served.home, redis_url=redis_url))
    with closing(store), live_client(served) as client:
        started = begun(client)
        client.sound(SOUND[:20_000])
        fail(store, a_claim(store, get_job(store, LOCAL_USER, started["job_id"])), "engine_unavailable", "no model")
        finished = client.told("job.finished")
        client.sound(SOUND[20_000:])
        client.ask("stop")
        client.told("kept")
        code = client.close_code()

    assert finished["data"]["error"]["code"] == "engine_unavailable"
    assert code == 1000
    assert samples_of(served, started["file_id"]) == SOUND


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


def test_ten_minutes_sent_at_once_are_all_taken(served):
    minutes = SOUND * 300
    with live_client(served) as client:
        started = begun(client)
        client.sound(minutes, piece_bytes=60_000)
        client.ask("stop")
        kept = client.told("kept")

    assert kept["received_bytes"] == len(minutes)
    assert samples_of(served, started["file_id"]) == minutes


def test_recording_beyond_the_quota_ends_and_is_kept(own_home, monkeypatch):
    monkeypatch.setenv("TRIPTYCH_QUOTA_BYTES", "6000000")
    with served_api(own_home) as served, live_client(served) as client:
        started = begun(client)
        client.sound(SOUND * 150, piece_bytes=60_000)
        kept = client.told("kept")
        said = samples_of(served, started["file_id"])

    assert kept["reason"] == "quota_exceeded"
    assert said == (SOUND * 150)[: kept["received_bytes"]]
    assert kept["received_bytes"] >= 6_000_000


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


def test_idle_recordings_do_not_hold_up_requests(served):
    with ExitStack() as stack:
        clients = [stack.enter_context(live_client(served)) for _ in range(50)]
        started = [begun(client) for client in clients]

        states = {job_of(served, one["job_id"])["state"] for one in started}

    assert states == {"queued"}
