"""The built UI is served at the root, with one page for every address that is the UI's own."""

from urllib.parse import quote

import pytest

HTML = {"Accept": "text/html,*/*"}


@pytest.fixture
def built(tmp_path):
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<title>Triptych</title>")
    (tmp_path / "dist" / "assets" / "index-abc123.js").write_text("1")
    (tmp_path / "dist" / "favicon.svg").write_text("<svg/>")


@pytest.mark.parametrize("path", ["/", "/jobs/01900000", "/settings/models"])
def test_page_is_served_for_every_address_of_the_ui(sqlite_client, built, path):
    with sqlite_client.get(path, headers=HTML, buffered=True) as response:
        assert response.text == "<title>Triptych</title>"
        assert response.headers["Cache-Control"] == "no-cache"
        assert "script-src" not in response.headers["Content-Security-Policy"]
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_hashed_files_are_cached_for_good(sqlite_client, built):
    with sqlite_client.get("/assets/index-abc123.js", buffered=True) as response:
        assert response.mimetype == "text/javascript"
        assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/assets/gone.js", "/api/v1/gone", "/robots.txt", "/docs/gone", "/%2e%2e/setup.cfg"])
def test_what_is_not_there_is_not_the_page(sqlite_client, built, path):
    response = sqlite_client.get(path, headers=HTML)

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


def test_missing_build_is_explained(sqlite_client):
    response = sqlite_client.get("/", headers=HTML)

    assert response.status_code == 200
    assert "make ui" in response.text


@pytest.mark.parametrize("name", ["n" * 300, "\0", "n/" * 300])
def test_address_that_no_file_can_have_is_the_page(sqlite_client, built, name):
    with sqlite_client.get(f"/{quote(name)}", headers=HTML, buffered=True) as response:
        assert (response.status_code, response.text) == (200, "<title>Triptych</title>")


def test_what_lies_beside_the_build_cannot_be_found_out(sqlite_client, built, tmp_path):
    (tmp_path / "secret").write_text("secret")

    there, not_there = [fetched(sqlite_client, f"/%2e%2e/{name}") for name in ("secret", "nothing")]

    assert there == not_there


def fetched(client, url):
    with client.get(url, headers=HTML, buffered=True) as response:
        return response.status_code, response.text
