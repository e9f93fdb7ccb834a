"""A server without a login answers its own pages and local programs, and nobody else's pages."""

import pytest

JOBS = "/api/v1/jobs"
ASKED = {"pipeline": "text.keywords", "text": "words"}


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "LOCALHOST"])
def test_local_names_are_answered(sqlite_client, host):
    response = sqlite_client.get("/health/live", headers={"Host": host})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "10.0.0.1", "x@localhost"]
)
def test_foreign_name_is_refused(sqlite_client, host):
    response = sqlite_client.get(JOBS, headers={"Host": host})

    assert (response.status_code, response.get_json()["code"]) == (421, "foreign_host")


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://localhost:3000", "http://localhost.evil.example", "https://x"],
)
def test_foreign_page_changes_nothing(sqlite_client, origin):
    response = sqlite_client.post(JOBS, json=ASKED, headers={"Origin": origin, "Host": "localhost:8000"})

    assert (response.status_code, response.get_json()["code"]) == (403, "foreign_origin")
    assert sqlite_client.get(JOBS).get_json()["items"] == []


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://localhost:8000", None])
def test_own_page_and_programs_are_served(sqlite_client, origin):
    headers = {"Host": "localhost:8000"} | ({"Origin": origin} if origin else {})

    response = sqlite_client.post(JOBS, json=ASKED, headers=headers)

    assert response.status_code == 202


@pytest.mark.parametrize("url", ["/api/v1/jobs", "/health/live", "/", "/api/v1/nothing"])
def test_no_answer_may_be_framed_sniffed_or_read_by_others(sqlite_client, url):
    headers = sqlite_client.get(url, headers={"Accept": "text/html"}).headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
