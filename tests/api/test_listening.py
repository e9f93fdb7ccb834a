"""Recordings under the real server: nothing that was taken is lost, whoever breaks or dies."""

import shutil
import urllib.request
from contextlib import ExitStack, closing

import pytest
from support.api_process import served_api
from support.listening import SOUND, begun, job_of, samples_of
from support.live_client import live_client
from support.work import a_claim, fail

from api.room import LOCAL_USER
from triptych.jobs.reading import get_job
from triptych.settings import Settings
from triptych.store import open_store

pytestmark = pytest.mark.stack


@pytest.fixture
def own_home(tmp_path, migrated_sqlite, redis_url) -> Settings:
    """The home of a server that a test stops."""
    shutil.copy(migrated_sqlite, tmp_path / "triptych.db")
    return Settings(home=tmp_path, redis_url=redis_url)


def post(served, path: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{served.url}{path}", method="POST"), timeout=30).close()


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


def test_idle_recordings_do_not_hold_up_requests(served):
    with ExitStack() as stack:
        clients = [stack.enter_context(live_client(served)) for _ in range(50)]
        started = [begun(client) for client in clients]

        states = {job_of(served, one["job_id"])["state"] for one in started}

    assert states == {"queued"}
