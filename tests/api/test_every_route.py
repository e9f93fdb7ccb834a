"""Every route there is, walked as nobody, as a key without the scope, as a viewer, and as another user.

The walk takes the routes from the application: a new one is walked too, and fails until what it names is known here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from support.accounts import an_account, house_settings, identity_of, key_headers, signed_in, without_jar
from support.archives import a_full_memory

from triptych.accounts.audit import list_entries
from triptych.accounts.keys import list_keys
from triptych.accounts.sessions import list_sessions
from triptych.accounts.values import SCOPES, Role
from triptych.chat.finding import list_conversations
from triptych.chat.tables import messages
from triptych.database import metadata
from triptych.memory.marks import add_note, list_collections
from triptych.memory.reading import list_sources
from triptych.memory.values import Filter
from triptych.store import Store

OPEN_TO_ALL = ("ui.", "docs.", "health.", "door.", "oidc.", "session.sign_in")
OWN = ("session.", "identities.")  # of whoever asks, whatever their role and scopes
READS = {"POST /api/v1/memory/search"}  # though its method says otherwise
ADMINISTRATORS = ("users.", "invitations.", "models.delete", "models.create", "metrics.")
NOT_OF_ANYBODY = ("openai.model", "openai._nothing")  # no object of a user's is named
BODIES: dict[str, object] = {
    "conversations.change": {"title": "mine"},
    "conversations.post": {"text": "mine?"},
    "conversations.edit": {"text": "mine?"},
    "conversations.regenerate": {},
    "memory.edit_note": {"text": "mine"},
    "memory_collections.tag": {"tags": ["mine"]},
    "memory_collections.rename": {"name": "mine"},
    "webhooks.change": {"description": "mine"},
}
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
HEADERS = {"uploads.add": TUS, "uploads.end": TUS, "uploads.instead": {**TUS, "X-HTTP-Method-Override": "PATCH"}}


@dataclass(frozen=True)
class Step:
    """A route and a method of it."""

    endpoint: str
    method: str
    rule: str

    def filled(self, ids: dict[str, str]) -> str:
        """Its address, of the things with these ids. Raises KeyError for a thing that is not known here."""
        return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", lambda found: ids[found.group(1)], self.rule)


def steps(client: FlaskClient) -> Iterator[Step]:
    for rule in client.application.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Step(rule.endpoint, method, rule.rule)


@pytest.fixture
def house(sqlite_store, make_client):
    return without_jar(
        make_client(house_settings(sqlite_store.settings, requests_a_minute=0, offline=False), sqlite_store)
    )


@pytest.fixture
def ada(sqlite_store, house, tmp_path):
    """The ids of what Ada has, one of everything that a route can name."""
    store, user = sqlite_store, an_account(sqlite_store, "ada")
    file, job = a_full_memory(store, tmp_path, user.id)
    program = key_headers(store, user)
    signed_in(store, user)
    [source] = list_sources(store, user.id, Filter(), None, 1)
    [talk] = list_conversations(store, user.id, "", None, 1).items
    with store.database.read() as connection:
        its = select(messages.c.id).where(messages.c.conversation_id == talk.id).order_by(messages.c.role)
        reply = connection.execute(its).scalars().first()
    asked = {"url": "https://93.184.216.34/hook", "events": ["job.succeeded"]}
    hook = house.post("/api/v1/webhooks", json=asked, headers=program).get_json()["id"]
    house.post(f"/api/v1/webhooks/{hook}/test", headers=program)
    [delivery] = house.get(f"/api/v1/webhooks/{hook}/deliveries", headers=program).get_json()["items"]
    batch = house.post("/api/v1/batches", json={"pipeline": "text.keywords", "files": [file.id]}, headers=program)
    upload = house.post("/api/v1/uploads", headers={**program, "Tus-Resumable": "1.0.0", "Upload-Length": "5"})
    return {
        "user_id": user.id,
        "file_id": file.id,
        "job_id": job.id,
        "source_id": source.source.id,
        "memory_id": add_note(store, user.id, source.source.id, "a note of hers").id,
        "collection_id": list_collections(store, user.id)[0].id,
        "conversation_id": talk.id,
        "message_id": str(reply),
        "webhook_id": hook,
        "delivery_id": delivery["id"],
        "batch_id": batch.get_json()["id"],
        "upload_id": upload.headers["Location"].rpartition("/")[2],
        "key_id": list_keys(store, user.id)[0].id,
        "session_id": list_sessions(store, user.id)[0].id,
        "identity_id": identity_of(store, user),
        "invitation_id": file.id,
        "name": file.id,
        "model": "whisper-1",
        "page": "1",
        "rest": "nothing",
        "path": "index.html",
    }


def ask(house: FlaskClient, step: Step, ids: dict[str, str], headers: dict[str, str]):
    body = BODIES.get(step.endpoint)
    sent = {**headers, **HEADERS.get(step.endpoint, {})}
    return house.open(step.filled(ids), method=step.method, headers=sent, json=body)


def rows_of(store: Store) -> Counter[tuple[str, str]]:
    """Every row of what somebody has, which is every table but those of accounts."""
    kept = [table for table in metadata.sorted_tables if table.name not in ("audit", "sessions", "api_keys")]
    with store.database.read() as connection:
        return Counter((table.name, repr(tuple(row))) for table in kept for row in connection.execute(select(table)))


def test_nobody_is_let_in_but_where_everybody_is(house, ada):
    walked = [step for step in steps(house) if not step.endpoint.startswith(OPEN_TO_ALL)]

    let_in = [step for step in walked if ask(house, step, ada, {}).status_code != 401]

    assert len(walked) > 100
    assert let_in == []


def test_a_key_opens_nothing_that_it_is_not_for(house, ada, sqlite_store):
    admin = an_account(sqlite_store, "eve", Role.ADMIN)
    areas = sorted({scope.partition(":")[0] for scope in SCOPES})
    opened = []
    for area in areas:
        others = key_headers(sqlite_store, admin, *(scope for scope in SCOPES if not scope.startswith(f"{area}:")))
        its = key_headers(sqlite_store, admin, f"{area}:read", f"{area}:write")
        for step in steps(house):
            if step.endpoint.startswith((*OPEN_TO_ALL, *OWN)) or step.method != "GET" or "socket" in step.rule:
                continue
            opened.append((step, area)) if ask(house, step, ada, its).status_code != 403 else None
            if (step, area) in opened:
                assert ask(house, step, ada, others).status_code == 403, (step, area)

    times = Counter(step for step, _ in opened)
    assert set(times.values()) == {1}, [step for step, count in times.items() if count > 1]


def test_a_viewer_changes_nothing(house, ada, sqlite_store):
    viewer = key_headers(sqlite_store, an_account(sqlite_store, "vic", Role.VIEWER))
    before = rows_of(sqlite_store)
    walked = [step for step in steps(house) if step.method != "GET" and not step.endpoint.startswith(OPEN_TO_ALL)]

    let_in = [
        step
        for step in walked
        if f"{step.method} {step.rule}" not in READS and ask(house, step, ada, viewer).status_code != 403
    ]

    assert let_in == []
    assert rows_of(sqlite_store) == before


def test_what_is_anothers_is_not_there_and_stays_as_it_is(house, ada, sqlite_store):
    bob = an_account(sqlite_store, "bob")
    key, browser = key_headers(sqlite_store, bob), signed_in(sqlite_store, bob).headers
    before, wrong = rows_of(sqlite_store), []
    for step in steps(house):
        if "<" not in step.rule or step.endpoint.startswith((*OPEN_TO_ALL, *NOT_OF_ANYBODY)):
            continue
        headers = browser if step.endpoint.startswith(OWN) else key
        response = ask(house, step, ada, headers)
        expected = 403 if step.endpoint.startswith(ADMINISTRATORS) else 404
        if response.status_code != expected:
            wrong.append((step, response.status_code, response.text[:200]))

    assert wrong == []
    assert rows_of(sqlite_store) == before


def test_no_list_tells_of_what_is_anothers(house, ada, sqlite_store):
    bob = an_account(sqlite_store, "bob")
    key = key_headers(sqlite_store, bob)
    named = {value for name, value in ada.items() if name.endswith("_id")}
    told = []
    for step in steps(house):
        if step.method != "GET" or "<" in step.rule or step.endpoint.startswith(OPEN_TO_ALL):
            continue
        with suppress(UnicodeDecodeError):  # an archive, which test_owner_isolation.py looks into
            text = ask(house, step, ada, key).text
            told += [(step, one) for one in named if one in text]

    assert told == []
    assert [entry.actor_id for entry in list_entries(sqlite_store, bob.id, None, 10)] == [bob.id]
