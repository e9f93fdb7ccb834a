"""What the house tells of itself."""

from support.running import finish, start

from pipelines.audio.speak import SpeakParams
from pipelines.catalogue import catalogue
from triptych.passes import Counted, Measure, add_passes, bin_of
from triptych.workers import Worker, report


def test_pipelines_are_told_with_the_schema_of_their_form(sqlite_client):
    items = sqlite_client.get("/api/v1/pipelines").get_json()["items"]

    assert [item["name"] for item in items] == [one.name for one in catalogue().values() if not one.is_internal]
    assert all(item["help"] and item["title"] for item in items)
    assert {item["name"] for item in items if not item["accepts"] and item["kind"] != "memory"} == {"models.pull"}
    assert all(item["params_schema"]["type"] == "object" for item in items)


def test_models_say_why_they_cannot_run(sqlite_client):
    items = sqlite_client.get("/api/v1/models").get_json()["items"]

    assert {item["capability"] for item in items} >= {"transcribe", "speak", "read", "embed"}
    assert all(item["available"] or item["why"] for item in items)


def test_what_needs_an_untried_network_is_unknown(settings, sqlite_store, make_client):
    client = make_client(settings.model_copy(update={"offline": False}), sqlite_store)

    items = {item["engine"]: item for item in client.get("/api/v1/models").get_json()["items"]}

    assert items["openai-whisper"]["available"] is False
    assert "unknown" in items["openai-whisper"]["why"]


def test_voices_tell_who_speaks_what_and_whether_the_text_leaves_the_machine(sqlite_client):
    told = {item["engine"]: item for item in sqlite_client.get("/api/v1/voices").get_json()["items"]}

    assert {engine: item["needs_network"] for engine, item in told.items()} == {"gtts": True, "espeak-ng": False}
    assert {"language": "en", "model": "en-us"} in told["espeak-ng"]["languages"]
    assert {"voice": "f2", "gender": "female"} in told["espeak-ng"]["voices"]
    assert {"voice": "m3", "gender": "male"} in told["espeak-ng"]["voices"]
    assert {"language": "gl", "model": "gl@translate.google.com"} in told["gtts"]["languages"]


def test_every_voice_and_language_that_a_job_may_ask_for_is_somebodys(sqlite_client):
    items = sqlite_client.get("/api/v1/voices").get_json()["items"]

    fields = SpeakParams.model_json_schema()["properties"]
    assert {one["voice"] for item in items for one in item["voices"]} == set(fields["voice"]["enum"])
    languages = {one["language"] for item in items for one in item["languages"]}
    assert languages | {"auto"} == set(fields["language"]["enum"])


def test_lanes_workers_and_counts_follow_the_jobs(client, store, new_job):
    done, running, _waiting = (new_job(remember=False) for _ in range(3))
    finish(store, done["id"])
    start(store, running["id"])
    report(store, Worker("cpu@test", ("cpu", "gpu"), 2, "1", store.clock()))

    lanes = {item["lane"]: item for item in client.get("/api/v1/lanes").get_json()["items"]}
    [worker] = client.get("/api/v1/workers").get_json()["items"]
    stats = client.get("/api/v1/stats").get_json()

    assert (lanes["cpu"]["queued"], lanes["cpu"]["running"], lanes["gpu"]["queued"]) == (1, 1, 0)
    assert (worker["name"], worker["lanes"], worker["slots"], worker["running"]) == ("cpu@test", ["cpu", "gpu"], 2, 1)
    assert stats["states"] == {"queued": 1, "running": 1, "succeeded": 1, "failed": 0, "cancelled": 0}


def test_session_tells_who_asks_and_the_limits(sqlite_client, settings):
    session = sqlite_client.get("/api/v1/session").get_json()

    assert session["mode"] == "local"
    assert session["limits"]["upload_bytes"] == settings.upload_bytes


def test_health_tells_what_is_missing(settings, sqlite_store, make_client, tmp_path):
    from dataclasses import replace

    from triptych.wire import Wire, connect

    whole = make_client(settings, sqlite_store).get("/health/ready")
    alone = replace(sqlite_store, wire=Wire(connect(f"unix://{tmp_path}/nobody.sock")))
    degraded = make_client(settings, alone).get("/health/ready")

    assert whole.get_json() == {"status": "ready", "database": True, "redis": True}
    assert (degraded.status_code, degraded.get_json()["status"]) == (200, "degraded")


def test_work_is_taken_while_redis_is_away(settings, sqlite_store, make_client, tmp_path):
    from dataclasses import replace

    from triptych.wire import Wire, connect

    alone = replace(sqlite_store, wire=Wire(connect(f"unix://{tmp_path}/nobody.sock")))
    client = make_client(settings, alone)

    response = client.post("/api/v1/jobs", json={"pipeline": "text.keywords", "text": "words"})

    assert response.status_code == 202
    assert client.get(response.headers["Location"]).get_json()["state"] == "queued"


def test_metrics_count_by_route_not_by_path(sqlite_client, new_job):
    job = new_job()
    sqlite_client.get(f"/api/v1/jobs/{job['id']}")

    text = sqlite_client.get("/metrics").text

    assert 'triptych_http_requests_total{method="GET",route="/api/v1/jobs/<uuid:job_id>",status="200"} 1.0' in text
    assert 'triptych_jobs_queued{lane="cpu"} 1.0' in text
    assert "triptych_relay_clients 0.0" in text
    assert job["id"] not in text


def test_metrics_tell_the_passes_of_the_workers_models(sqlite_client, sqlite_store):
    for measure, values in {Measure.ITEMS: (3, 200), Measure.WAIT_S: (0.004, 0.3)}.items():
        for value in values:
            add_passes(sqlite_store, {bin_of("timm/labels", measure, value): Counted(1, value)})

    text = sqlite_client.get("/metrics").text

    assert 'triptych_pass_items_bucket{kind="timm/labels",le="2.0"} 0.0' in text
    assert 'triptych_pass_items_bucket{kind="timm/labels",le="4.0"} 1.0' in text
    assert 'triptych_pass_items_bucket{kind="timm/labels",le="+Inf"} 2.0' in text
    assert 'triptych_pass_items_count{kind="timm/labels"} 2.0' in text
    assert 'triptych_pass_items_sum{kind="timm/labels"} 203.0' in text
    assert 'triptych_pass_wait_seconds_bucket{kind="timm/labels",le="0.005"} 1.0' in text


def test_method_that_a_client_made_up_names_no_series(sqlite_client):
    sqlite_client.open("/api/v1/jobs", method="BREW-7")

    text = sqlite_client.get("/metrics").text

    assert 'method="other"' in text
    assert "BREW-7" not in text
