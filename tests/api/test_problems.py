"""Every error has one shape, wherever it comes from."""

from pathlib import Path

import pytest

from api.schemas.problem import Problem
from triptych.store import Store

JOBS = "/api/v1/jobs"


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v2/jobs", 404, "not_found"),
        ("POST", "/api/v1/nothing", 404, "not_found"),
        ("POST", f"{JOBS}/no-id-at-all/retry", 404, "not_found"),
        ("PUT", JOBS, 405, "method_not_allowed"),
        ("PUT", f"{JOBS}/cancel", 405, "method_not_allowed"),
        ("DELETE", "/health/live", 405, "method_not_allowed"),
        ("POST", JOBS, 415, "unsupported_media_type"),
        ("GET", "/api/v1/socket", 426, "upgrade_required"),
        ("GET", f"{JOBS}?limit=x", 422, "invalid_request"),
        ("GET", "/api/v1/%ff%fe", 404, "not_found"),
    ],
)
def test_error_is_a_problem_with_a_stable_code(sqlite_client, method, url, status, code):
    response = sqlite_client.open(url, method=method, data=b"x" if method == "POST" else None)

    problem = Problem.model_validate_json(response.data)
    assert response.mimetype == "application/problem+json"
    assert (response.status_code, problem.status, problem.code) == (status, status, code)
    assert problem.detail


def test_refused_method_names_those_allowed(sqlite_client):
    response = sqlite_client.put(JOBS)

    assert set(response.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_failure_of_ours_is_told_without_a_traceback(sqlite_client, sqlite_store: Store):
    sqlite_store.settings.home.joinpath("triptych.db").write_bytes(b"not a database" * 1000)

    response = sqlite_client.get(JOBS)

    problem = Problem.model_validate_json(response.data)
    assert (response.status_code, problem.code) == (500, "internal")
    assert "Traceback" not in response.text
    assert "sqlite" not in response.text.lower()


def test_file_of_ours_that_is_missing_is_our_failure(sqlite_client):
    sqlite_client.application.add_url_rule("/broken", view_func=Path("/nowhere/at/all").read_text)

    response = sqlite_client.get("/broken")

    assert (response.status_code, response.get_json()["code"]) == (500, "internal")


def test_bytes_that_are_gone_are_told_as_that(sqlite_client, sqlite_store: Store):
    file = sqlite_client.post("/api/v1/files?name=a.txt", data=b"words").get_json()
    sqlite_store.blobs.remove(file["sha256"])

    response = sqlite_client.get(file["url"])

    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (404, "not_found")
    assert "bytes of 'a.txt' are gone" in problem["detail"]


def test_every_answer_carries_a_request_id(sqlite_client):
    ours = sqlite_client.get("/health/live").headers["X-Request-ID"]
    theirs = sqlite_client.get("/health/live", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"]
    bad = sqlite_client.get("/api/v1/nothing", headers={"X-Request-ID": "x" * 65}).headers["X-Request-ID"]

    assert theirs == "abc-1"
    assert ours != bad
    assert len(bad) == 36
