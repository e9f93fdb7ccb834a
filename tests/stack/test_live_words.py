"""Somebody speaks into the socket and reads their words meanwhile: API, Redis, worker, and a Whisper of digits."""

import json
import shutil
import threading
import urllib.request
import wave
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pytest
from checkpoints.spoken_digits import RATE_HZ, recited
from support.api_process import served_api
from support.executing import TICK_S
from support.live_client import live_client

from pipelines.catalogue import catalogue
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from triptych.jobs.leases import Holder
from triptych.settings import Settings
from triptych.store import open_store
from workers.executor import Executor
from workers.forks import ForkGuard
from workers.posts import Board
from workers.warden import Warden

pytestmark = [pytest.mark.stack, pytest.mark.engine]

BEGINNING = 3 * RATE_HZ * 2  # bytes, the pause before the first phrase and most of that
SAID = ["three one four two six five", "eight five nine"]


@pytest.fixture(scope="module")
def speech():
    """Two phrases with a pause between them, as 16-bit samples."""
    first, second = recited([("en", (3, 1, 4, 2, 6, 5)), ("en", (8, 5, 9))])
    pause = np.zeros(round(1.5 * RATE_HZ), np.float32)
    return (np.concatenate([pause, first.samples, pause, second.samples, pause]) * 32767).astype("<i2").tobytes()


@pytest.fixture
def settings_with_models(tmp_path, migrated_sqlite, redis_url, digit_models, monkeypatch):
    monkeypatch.setenv("TRIPTYCH_MODELS_DIR", str(digit_models))
    shutil.copy(migrated_sqlite, tmp_path / "triptych.db")
    return Settings(home=tmp_path, redis_url=redis_url, models_dir=digit_models, offline=True)


@contextmanager
def working(settings, job_id):
    """A worker that has heard the ring for this job, for the block; the job is through at its end."""
    store, board, holder = open_store(settings), Board(), Holder("gpu@test")
    executor = Executor(store, BoundedModelCache(), NoNetwork(), catalogue(), holder, board)
    warden = Warden(store, board, holder.token, lambda: False, ForkGuard(), tick_s=TICK_S)
    run = threading.Thread(target=executor.execute, args=(job_id,))
    warden.start()
    run.start()
    try:
        yield
        run.join()
    finally:
        warden.stop()
        store.close()


def get(served, path):
    with urllib.request.urlopen(f"{served.url}{path}", timeout=30) as answer:
        return answer.read()


def texts(messages, kind):
    return [one["data"]["body"]["text"] for one in messages if one["type"] == kind]


def test_words_come_back_while_they_are_spoken_and_the_recording_is_kept(settings_with_models, speech):
    messages = []
    with served_api(settings_with_models) as served, live_client(served) as client:
        client.ask("start", name="digits", params={"size": "tiny"})
        job_id = client.told("started")["job_id"]
        with working(settings_with_models, job_id):
            client.sound(speech[:BEGINNING])
            messages.append(client.told("job.partial", "job.part"))  # the speaker waits, in the middle of a phrase
            client.sound(speech[BEGINNING:])
            client.ask("stop")
            while messages[-1]["type"] != "job.finished":
                messages.append(client.told("job.partial", "job.part", "kept", "job.finished"))
        code = client.close_code()
        job = json.loads(get(served, f"/api/v1/jobs/{job_id}"))
        parts = json.loads(get(served, f"/api/v1/jobs/{job_id}/parts"))["items"]
        with wave.open(BytesIO(get(served, f"/api/v1/files/{job['inputs'][0]['file_id']}/content"))) as file:
            kept = file.readframes(file.getnframes())

    kinds = [one["type"] for one in messages]
    assert texts(messages, "job.part") == [part["body"]["text"] for part in parts] == SAID
    assert kinds[0] == "job.partial"
    assert "kept" in kinds
    assert texts(messages, "job.partial")[0].startswith("three one four")  # the last word may be half a one
    assert code == 1000
    assert (job["state"], job["result"]["text"]) == ("succeeded", " ".join(SAID))
    assert kept == speech
