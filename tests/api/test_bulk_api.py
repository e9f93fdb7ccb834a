"""Many jobs changed by one request."""

import pytest
from support.running import finish, start
from support.stores import ids_of, waiting_jobs
from support.work import COUNTING, fail

from api.room import LOCAL_USER

JOBS = "/api/v1/jobs"
ID = "01900000-0000-7000-8000-000000000000"


def state_of(client, job) -> str:
    return client.get(f"{JOBS}/{job['id']}").get_json()["state"]


def test_jobs_are_cancelled_by_their_ids(client, store, new_job):
    queued, running, kept = new_job(), new_job(), new_job()
    start(store, running["id"])

    response = client.post(f"{JOBS}/cancel", json={"ids": [queued["id"], running["id"], ID]})

    assert (response.status_code, response.get_json()) == (200, {"jobs": 2, "more": False, "next": None})
    assert [state_of(client, job) for job in (queued, running, kept)] == ["cancelled", "cancelled", "queued"]


def test_jobs_are_retried_by_their_state_and_pipeline(client, store, new_job):
    failed, other, done = new_job(), new_job(pipeline="text.summarize"), new_job()
    for job in (failed, other):
        fail(store, start(store, job["id"]))
    finish(store, done["id"])

    response = client.post(f"{JOBS}/retry", json={"states": ["failed"], "pipeline": "text.keywords"})

    assert (response.status_code, response.get_json()) == (200, {"jobs": 1, "more": False, "next": None})
    assert [state_of(client, job) for job in (failed, other, done)] == ["queued", "failed", "succeeded"]


def test_what_is_said_together_must_all_hold(client, store, new_job):
    queued, running, other = new_job(), new_job(), new_job()
    start(store, running["id"])

    response = client.post(f"{JOBS}/cancel", json={"ids": [queued["id"], running["id"]], "states": ["queued"]})

    assert response.get_json() == {"jobs": 1, "more": False, "next": None}
    assert [state_of(client, job) for job in (queued, running, other)] == ["cancelled", "running", "queued"]


def test_nothing_that_fits_is_told_as_no_jobs(client, new_job):
    new_job()

    response = client.post(f"{JOBS}/retry", json={"states": ["failed"]})

    assert response.get_json() == {"jobs": 0, "more": False, "next": None}


def test_job_of_another_owner_is_not_changed(client, store):
    [theirs] = waiting_jobs(store, "somebody else", 1, COUNTING)

    response = client.post(f"{JOBS}/cancel", json={"ids": [theirs.id]})

    assert response.get_json() == {"jobs": 0, "more": False, "next": None}


def test_thousand_are_changed_at_a_time_and_more_are_told(sqlite_client, sqlite_store):
    ids = sorted(ids_of(waiting_jobs(sqlite_store, LOCAL_USER, 1001, COUNTING)))

    answers = [sqlite_client.post(f"{JOBS}/cancel", json={"states": ["queued"]}).get_json() for _ in range(2)]

    assert answers == [{"jobs": 1000, "more": True, "next": ids[-2]}, {"jobs": 1, "more": False, "next": None}]


def test_job_that_failed_again_is_not_retried_twice_by_who_goes_on_behind_it(sqlite_client, sqlite_store):
    ids = sorted(ids_of(waiting_jobs(sqlite_store, LOCAL_USER, 1001, COUNTING)))
    sqlite_client.post(f"{JOBS}/cancel", json={"states": ["queued"]})
    sqlite_client.post(f"{JOBS}/cancel", json={"states": ["queued"]})
    first = sqlite_client.post(f"{JOBS}/retry", json={"states": ["cancelled"]}).get_json()
    sqlite_client.post(f"{JOBS}/{ids[0]}/cancel")

    second = sqlite_client.post(f"{JOBS}/retry", json={"states": ["cancelled"], "cursor": first["next"]}).get_json()

    assert second == {"jobs": 1, "more": False, "next": None}
    assert [state_of(sqlite_client, {"id": job_id}) for job_id in (ids[0], ids[-1])] == ["cancelled", "queued"]


def test_no_more_are_told_behind_the_last_of_a_full_thousand(sqlite_client, sqlite_store):
    waiting_jobs(sqlite_store, LOCAL_USER, 1000, COUNTING)

    response = sqlite_client.post(f"{JOBS}/cancel", json={"states": ["queued"]})

    assert response.get_json() == {"jobs": 1000, "more": False, "next": None}


@pytest.mark.parametrize("act", ["cancel", "retry"])
@pytest.mark.parametrize(
    ("selection", "where"),
    [
        ({}, "body"),
        ({"ids": [], "states": ["queued", "failed"]}, "ids"),
        ({"ids": [ID], "states": []}, "states"),
        ({"pipeline": ""}, "body"),
        ({"cursor": ID}, "body"),
        ({"states": ["failed"], "cursor": "no id"}, "cursor"),
        ([], "body"),
        ({"ids": ["no id"]}, "ids.0"),
        ({"ids": [ID] * 1001}, "ids"),
        ({"states": ["gone"]}, "states.0"),
        ({"pipeline": "x" * 65}, "pipeline"),
        ({"states": ["failed"], "owner": "you"}, "owner"),
    ],
)
def test_selection_that_says_nothing_or_nonsense_is_refused_and_changes_nothing(
    sqlite_client, new_job, act, selection, where
):
    job = new_job()

    response = sqlite_client.post(f"{JOBS}/{act}", json=selection)

    problem = response.get_json()
    assert (response.status_code, problem["code"], problem["errors"][0]["where"]) == (422, "invalid_request", where)
    assert state_of(sqlite_client, job) == "queued"


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_selection_that_is_no_json_is_refused(sqlite_client, act):
    response = sqlite_client.post(f"{JOBS}/{act}", data=b"{", content_type="application/json")

    assert (response.status_code, response.get_json()["code"]) == (400, "bad_json")
