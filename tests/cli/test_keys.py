"""Keys from a shell: listed, made and revoked."""

import json

import pytest
from support.scripted_server import Answer, scripted
from support.shell import run

from cli.exits import Exit

KEY = {
    "id": "0198c7a2-5d1e-7b33-9f0e-4a7d2c1b8e90",
    "name": "nightly",
    "prefix": "tri_9pLq2XaB",
    "scopes": ["jobs:read", "jobs:write"],
    "created_at": "2026-11-22T10:00:00.000Z",
    "last_used_at": None,
    "expires_at": "2027-01-31T00:00:00.000Z",
}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch):
    """Run a command against a server that answers this; the command's end, and what was asked."""

    def run_against(answer: Answer, *arguments: str):
        with scripted(answer) as server:
            monkeypatch.setenv("TRIPTYCH_URL", server.url)
            monkeypatch.setenv("TRIPTYCH_KEY", "tri_mine")
            done = run(*arguments)
        return done, server.asked[0]

    return run_against


def test_keys_are_listed_without_what_they_are(ask) -> None:
    done, asked = ask(Answer(body=json.dumps({"items": [KEY]}).encode()), "keys")

    header, line = done.out.splitlines()
    assert header.split()[:3] == ["ID", "NAME", "BEGINS"]
    assert line.startswith(f"{KEY['id']}  nightly  tri_9pLq2XaB  jobs:read jobs:write  never")
    assert (asked.path, asked.headers["Authorization"]) == ("/api/v1/keys", "Bearer tri_mine")


def test_a_new_key_alone_goes_to_standard_output(ask) -> None:
    answer = Answer(201, json.dumps({**KEY, "key": "tri_9pLq2XaBsecret"}).encode())

    done, asked = ask(answer, "keys", "create", "nightly", "-s", "jobs:read", "-s", "jobs:write")

    assert (done.status, done.out) == (Exit.DONE, "tri_9pLq2XaBsecret\n")
    assert "will not be told again" in done.err
    assert json.loads(asked.body) == {"name": "nightly", "scopes": ["jobs:read", "jobs:write"], "expires_at": None}


def test_a_key_is_revoked(ask) -> None:
    done, asked = ask(Answer(204, b""), "keys", "revoke", KEY["id"])

    assert (done.status, asked.method, asked.path) == (Exit.DONE, "DELETE", f"/api/v1/keys/{KEY['id']}")


def test_without_a_key_it_is_said_where_one_goes(ask) -> None:
    problem = {"title": "Unauthorized", "status": 401, "code": "unauthenticated", "detail": "sign in, or send a key"}

    done, _ = ask(Answer(401, json.dumps(problem).encode()), "status")

    assert done.status == Exit.REFUSED
    assert done.err == "triptych: sign in, or send a key\n    give a key in TRIPTYCH_KEY\n"


def test_where_nobody_signs_in_there_are_no_keys(triptych) -> None:
    done = triptych("keys")

    assert (done.status, done.out, len(done.err.splitlines())) == (Exit.REFUSED, "", 1)
