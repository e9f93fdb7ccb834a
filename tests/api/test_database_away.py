"""Without the database: said as that, with when to come again, and the process's own counts stay to be read."""

from dataclasses import replace

import pytest
from sqlalchemy.event import listens_for

from api.relay.hub import Attached
from api.relay.job_stream import Stored, job_stream
from api.relay.subscription import Subscription
from api.room import LOCAL_USER
from triptych.database import open_database
from triptych.jobs.reading import get_job

JOBS = "/api/v1/jobs"


@pytest.fixture
def store_without_database(sqlite_store, tmp_path):
    database = open_database(f"sqlite:///{tmp_path}")  # a folder, which no SQLite opens
    yield replace(sqlite_store, database=database)
    database.close()


@pytest.fixture
def client_without_database(settings, store_without_database, make_client):
    return make_client(settings, store_without_database)


@pytest.mark.parametrize(
    ("method", "url"), [("GET", JOBS), ("POST", JOBS), ("POST", "/api/v1/files"), ("GET", "/api/v1/lanes")]
)
def test_absence_is_told_with_when_to_come_again(client_without_database, method, url):
    body = {"pipeline": "text.keywords", "text": "words"} if method == "POST" else None

    response = client_without_database.open(url, method=method, json=body)

    assert (response.status_code, response.get_json()["code"]) == (503, "database_away")
    assert int(response.headers["Retry-After"]) > 0
    assert "sqlite" not in response.text.lower()


def test_readiness_tells_the_absence(client_without_database):
    response = client_without_database.get("/health/ready")

    assert (response.status_code, response.get_json()["database"]) == (503, False)


def test_metrics_still_count_the_requests(client_without_database):
    client_without_database.get(JOBS)

    response = client_without_database.get("/metrics")

    assert response.status_code == 200
    assert f'triptych_http_requests_total{{method="GET",route="{JOBS}",status="503"}} 1.0' in response.text


def test_stream_outlives_the_absence(sqlite_client, sqlite_store, store_without_database, new_job):
    job = get_job(sqlite_store, LOCAL_USER, new_job()["id"])
    attached = Attached(Subscription(LOCAL_USER, job.id), "7-0")

    frame = next(job_stream(store_without_database, job, attached, Stored([], whole=True), heartbeat_s=0))

    assert frame == ": still here\n\n"


def test_database_on_a_full_disk_is_told_as_that(sqlite_client, sqlite_store):
    @listens_for(sqlite_store.database.engine, "connect")
    def let_it_grow_no_more(connection, _record):
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present size where that is more

    asked = {"pipeline": "text.keywords", "text": "words"}
    answers = (sqlite_client.post(JOBS, json=asked) for _ in range(500))
    full = next(answer for answer in answers if answer.status_code != 202)

    assert (full.status_code, full.get_json()["code"]) == (507, "no_disk")
    assert "sqlite" not in full.text.lower()
