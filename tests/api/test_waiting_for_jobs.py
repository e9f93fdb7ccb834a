"""``?wait=``: an answer as soon as the job has ended, woken by the relay."""

from concurrent.futures import ThreadPoolExecutor

from support.running import finish
from support.until import until

JOBS = "/api/v1/jobs"


def test_waiting_client_is_answered_when_the_job_ends(client, store, new_job):
    job = new_job()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.application.test_client().get, f"{JOBS}/{job['id']}?wait=50")
        finish(store, job["id"])
        answer = waiting.result()

    assert answer.get_json()["state"] == "succeeded"


def test_client_that_waits_as_it_submits_is_answered_when_the_job_ends(client, store):
    asked = {"pipeline": "text.keywords", "text": "words"}

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.application.test_client().post, f"{JOBS}?wait=50", json=asked)
        [job] = until(lambda: client.get(JOBS).get_json()["items"])
        finish(store, job["id"])
        answer = waiting.result()

    assert (answer.status_code, answer.get_json()["state"]) == (200, "succeeded")


def test_job_that_is_not_through_in_time_is_told_as_it_stands(sqlite_client):
    response = sqlite_client.post(f"{JOBS}?wait=0.05", json={"pipeline": "text.keywords", "text": "words"})

    assert (response.status_code, response.get_json()["state"]) == (202, "queued")


def test_finished_job_is_told_at_once(sqlite_client, sqlite_store, new_job):
    job = new_job()
    finish(sqlite_store, job["id"])

    response = sqlite_client.get(f"{JOBS}/{job['id']}?wait=60")

    assert response.get_json()["state"] == "succeeded"


def test_wait_is_bounded(sqlite_client, new_job):
    job = new_job()

    refused = [sqlite_client.get(f"{JOBS}/{job['id']}?wait={wait}").status_code for wait in ("61", "-1", "nan", "x")]

    assert refused == [422, 422, 422, 422]
