"""Nobody sees, finds or changes what is somebody else's in the memory or in conversations, by whichever route.

The table has every route; each is asked with the ids of somebody else's things, alone and beside one's own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from support.archives import BEES, HARBOUR, a_full_memory, exported
from support.chatting import a_conversation, ask
from support.remembering import passage, remember

from api.room import LOCAL_USER
from pipelines.catalogue import catalogue
from triptych.chat.finding import list_conversations
from triptych.chat.tables import messages
from triptych.database import metadata
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.memory.marks import add_note, create_collection, list_collections
from triptych.memory.reading import list_sources, memories_of_source
from triptych.memory.values import Filter
from triptych.store import Store

OTHER = "somebody else"
SECRET = "the combination is three one four two"
PREFIXES = ("/api/v1/memory", "/api/v1/conversations")
Ids = Mapping[str, str]


@dataclass(frozen=True)
class Ask:
    """A request with ids of a world, what it is answered, and what of the answer, where not all is refused."""

    url: str
    body: Mapping[str, Any] | None = None  # Any: JSON
    status: int = 404
    told: Mapping[str, Any] | None = field(default_factory=dict)  # Any: JSON; None: the answer is null


MEMORY, TALKS = PREFIXES
MESSAGES = f"{TALKS}/{{talk}}/messages"
NOTHING: dict[str, Any] = {"items": []}  # Any: JSON

TABLE: dict[str, Sequence[Ask]] = {
    "GET /api/v1/memory/status": [Ask(f"{MEMORY}/status", status=200, told={"memories": 1, "sources": 1})],
    "GET /api/v1/memory/search": [
        Ask(f"{MEMORY}/search?q=combination", status=200, told=NOTHING),
        Ask(f"{MEMORY}/search?q=%22harbour%22", status=200, told=NOTHING),
        Ask(f"{MEMORY}/search?source={{source}}", status=200, told=NOTHING),
        Ask(f"{MEMORY}/search?collection={{collection}}", status=200, told=NOTHING),
        Ask(f"{MEMORY}/search?tag=harbours", status=200, told=NOTHING),
        Ask(f"{MEMORY}/search?pinned=true", status=200, told=NOTHING),
    ],
    "POST /api/v1/memory/search": [
        Ask(f"{MEMORY}/search", {"text": "combination"}, 200, NOTHING),
        Ask(f"{MEMORY}/search", {"text": "", "source": ["{source}"]}, 200, NOTHING),
        Ask(f"{MEMORY}/search", {"file_id": "{file}"}),
    ],
    "GET /api/v1/memory/<uuid:memory_id>": [Ask(f"{MEMORY}/{{memory}}"), Ask(f"{MEMORY}/{{note}}")],
    "DELETE /api/v1/memory/<uuid:memory_id>": [Ask(f"{MEMORY}/{{memory}}"), Ask(f"{MEMORY}/{{note}}")],
    "GET /api/v1/memory/<uuid:memory_id>/similar": [
        Ask(f"{MEMORY}/{{memory}}/similar"),
        Ask(f"{MEMORY}/{{own_memory}}/similar", status=200, told=NOTHING),
    ],
    "PUT /api/v1/memory/<uuid:memory_id>/pin": [Ask(f"{MEMORY}/{{memory}}/pin")],
    "DELETE /api/v1/memory/<uuid:memory_id>/pin": [Ask(f"{MEMORY}/{{memory}}/pin")],
    "POST /api/v1/memory/notes": [
        Ask(f"{MEMORY}/notes", {"source_id": "{source}", "text": "mine"}),
        Ask(f"{MEMORY}/notes", {"source_id": "{own_source}", "text": "mine", "memory_id": "{memory}"}),
    ],
    "PATCH /api/v1/memory/notes/<uuid:memory_id>": [Ask(f"{MEMORY}/notes/{{note}}", {"text": "mine"})],
    "GET /api/v1/memory/sources": [
        Ask(f"{MEMORY}/sources?tag=harbours", status=200, told=NOTHING),
        Ask(f"{MEMORY}/sources?collection={{collection}}", status=200, told=NOTHING),
        Ask(f"{MEMORY}/sources?cursor={{source}}", status=422),
    ],
    "GET /api/v1/memory/sources/<uuid:source_id>": [Ask(f"{MEMORY}/sources/{{source}}")],
    "GET /api/v1/memory/sources/<uuid:source_id>/memories": [
        Ask(f"{MEMORY}/sources/{{source}}/memories"),
        Ask(f"{MEMORY}/sources/{{own_source}}/memories?cursor={{memory}}", status=422),
    ],
    "PUT /api/v1/memory/sources/<uuid:source_id>/tags": [Ask(f"{MEMORY}/sources/{{source}}/tags", {"tags": ["mine"]})],
    "GET /api/v1/memory/tags": [Ask(f"{MEMORY}/tags", status=200, told=NOTHING)],
    "GET /api/v1/memory/collections": [Ask(f"{MEMORY}/collections", status=200, told={"items": ["{own_collection}"]})],
    "POST /api/v1/memory/collections": [Ask(f"{MEMORY}/collections", {"name": "Sea"}, 201, {"name": "Sea"})],
    "PATCH /api/v1/memory/collections/<uuid:collection_id>": [
        Ask(f"{MEMORY}/collections/{{collection}}", {"name": "mine"})
    ],
    "DELETE /api/v1/memory/collections/<uuid:collection_id>": [Ask(f"{MEMORY}/collections/{{collection}}")],
    "PUT /api/v1/memory/collections/<uuid:collection_id>/sources/<uuid:source_id>": [
        Ask(f"{MEMORY}/collections/{{own_collection}}/sources/{{source}}"),
        Ask(f"{MEMORY}/collections/{{collection}}/sources/{{own_source}}"),
    ],
    "DELETE /api/v1/memory/collections/<uuid:collection_id>/sources/<uuid:source_id>": [
        Ask(f"{MEMORY}/collections/{{own_collection}}/sources/{{source}}"),
        Ask(f"{MEMORY}/collections/{{collection}}/sources/{{source}}"),
    ],
    "GET /api/v1/memory/map": [Ask(f"{MEMORY}/map", status=200, told=None)],
    "POST /api/v1/memory/map": [Ask(f"{MEMORY}/map", {}, 202, {"inputs": []})],
    "POST /api/v1/memory/reindex": [Ask(f"{MEMORY}/reindex", {"model": "another"}, 409)],
    "GET /api/v1/memory/export": [Ask(f"{MEMORY}/export", status=200)],
    "POST /api/v1/memory/import": [Ask(f"{MEMORY}/import", status=200)],
    "GET /api/v1/conversations": [
        Ask(f"{TALKS}?q=sails", status=200, told=NOTHING),
        Ask(f"{TALKS}?cursor=9.0_{{talk}}", status=422),
    ],
    "POST /api/v1/conversations": [Ask(TALKS, {}, 201, {"title": ""})],
    "GET /api/v1/conversations/<uuid:conversation_id>": [Ask(f"{TALKS}/{{talk}}")],
    "PATCH /api/v1/conversations/<uuid:conversation_id>": [Ask(f"{TALKS}/{{talk}}", {"title": "mine"})],
    "DELETE /api/v1/conversations/<uuid:conversation_id>": [Ask(f"{TALKS}/{{talk}}")],
    "GET /api/v1/conversations/<uuid:conversation_id>/messages": [
        Ask(MESSAGES),
        Ask(f"{TALKS}/{{own_talk}}/messages?cursor={{question}}", status=422),
    ],
    "POST /api/v1/conversations/<uuid:conversation_id>/messages": [
        Ask(MESSAGES, {"text": "mine?"}),
        Ask(f"{TALKS}/{{own_talk}}/messages", {"text": "mine?", "parent_id": "{reply}"}),
        Ask(f"{TALKS}/{{own_empty}}/messages", {"text": "mine?", "files": ["{file}"]}),
    ],
    "POST /api/v1/conversations/<uuid:conversation_id>/messages/<uuid:message_id>/regenerate": [
        Ask(f"{MESSAGES}/{{reply}}/regenerate", {}),
        Ask(f"{TALKS}/{{own_talk}}/messages/{{reply}}/regenerate", {}),
    ],
    "POST /api/v1/conversations/<uuid:conversation_id>/messages/<uuid:message_id>/edit": [
        Ask(f"{MESSAGES}/{{question}}/edit", {"text": "mine?"}),
        Ask(f"{TALKS}/{{own_talk}}/messages/{{question}}/edit", {"text": "mine?"}),
        Ask(f"{TALKS}/{{own_talk}}/messages/{{own_question}}/edit", {"text": "mine?", "files": ["{file}"]}),
    ],
    # Beside the two: the job of a reply is reached like any other.
    "GET /api/v1/jobs/<uuid:job_id>": [Ask("/api/v1/jobs/{reply_job}")],
    "GET /api/v1/jobs/<uuid:job_id>/parts": [Ask("/api/v1/jobs/{reply_job}/parts")],
    "POST /api/v1/jobs/<uuid:job_id>/cancel": [Ask("/api/v1/jobs/{reply_job}/cancel")],
    "POST /api/v1/jobs/<uuid:job_id>/retry": [Ask("/api/v1/jobs/{made_by}/retry")],
    "DELETE /api/v1/jobs/<uuid:job_id>": [Ask("/api/v1/jobs/{made_by}")],
}
EVERY = [(route, asked) for route, several in TABLE.items() for asked in several]
REFUSED = [(route, asked) for route, asked in EVERY if asked.status >= 400]
ANSWERED = [(route, asked) for route, asked in EVERY if asked.status < 400 and not route.endswith(("import", "export"))]


@pytest.fixture
def world(sqlite_store: Store, tmp_path: Path) -> Ids:
    """The ids of what somebody else has of everything, and of a little of one's own."""
    store = sqlite_store
    file, job = a_full_memory(store, tmp_path, OTHER)
    [source] = list_sources(store, OTHER, Filter(), None, 1)
    note = add_note(store, OTHER, source.source.id, SECRET)
    [talk] = list_conversations(store, OTHER, "", None, 1).items
    with store.database.read() as connection:
        its = select(messages.c.id).where(messages.c.conversation_id == talk.id).order_by(messages.c.role.desc())
        question, reply = connection.execute(its).scalars()
    pending = ask(store, a_conversation(store, OTHER), "And when?").reply
    submit(store, Submission(OTHER, catalogue()["memory.map"], {}))
    reindexing = {"model": "another", "kind": "text"}
    reindex = submit(store, Submission(OTHER, catalogue()["memory.reindex"], reindexing))
    remember(store, passage("my own words"), owner=LOCAL_USER)
    [own] = list_sources(store, LOCAL_USER, Filter(), None, 1)
    own_talk = a_conversation(store, LOCAL_USER)
    return {
        "memory": memories_of_source(store, OTHER, source.source.id, None, 1)[0].id,
        "note": note.id,
        "source": source.source.id,
        "collection": list_collections(store, OTHER)[0].id,
        "file": file.id,
        "made_by": job.id,
        "talk": talk.id,
        "question": question,
        "reply": reply,
        "reply_job": str(pending.job_id),
        "reindex_job": reindex.id,
        "own_source": own.source.id,
        "own_memory": memories_of_source(store, LOCAL_USER, own.source.id, None, 1)[0].id,
        "own_collection": create_collection(store, LOCAL_USER, "Own").id,
        "own_talk": own_talk.id,
        "own_empty": a_conversation(store, LOCAL_USER).id,
        "own_question": ask(store, own_talk, "mine?").message.id,
    }


def rows_of(store: Store) -> Counter[tuple[str, str]]:
    """Every row of every table."""
    with store.database.read() as connection:
        tables = metadata.sorted_tables
        return Counter((table.name, repr(tuple(row))) for table in tables for row in connection.execute(select(table)))


def filled(value: Any, ids: Ids) -> Any:  # Any: JSON
    """The value with the ids that it names."""
    if isinstance(value, str):
        return value.format(**ids)
    if isinstance(value, Mapping):
        return {key: filled(one, ids) for key, one in value.items()}
    return [filled(one, ids) for one in value] if isinstance(value, list) else value


def answered(client: FlaskClient, route: str, asked: Ask, ids: Ids) -> Any:  # Any: Flask's response
    return client.open(asked.url.format(**ids), method=route.partition(" ")[0], json=filled(asked.body, ids))


def told_unasked(text: str, asked: Ask, ids: Ids) -> list[str]:
    """What of somebody else's stands in an answer and stood not in the request."""
    said = f"{filled(asked.url, ids)} {filled(asked.body, ids)}"
    theirs = [one for name, one in ids.items() if not name.startswith("own_")]
    return [one for one in [SECRET, HARBOUR, BEES, *theirs] if one in text and one not in said]


def routes_of(client: FlaskClient) -> Iterator[str]:
    for rule in client.application.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES):
            yield from (f"{method} {rule.rule}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_route_stands_in_the_table(sqlite_client: FlaskClient) -> None:
    assert set(routes_of(sqlite_client)) - TABLE.keys() == set()


def test_what_is_somebody_elses_is_not_there_and_stays_as_it_is(
    sqlite_client: FlaskClient, sqlite_store: Store, world: Ids
) -> None:
    before = rows_of(sqlite_store)

    for route, asked in REFUSED:
        response = answered(sqlite_client, route, asked, world)

        assert response.status_code == asked.status, (route, asked, response.text)
        assert told_unasked(response.text, asked, world) == [], (route, asked)
        assert rows_of(sqlite_store) == before, (route, asked)


def test_answers_have_nothing_of_somebody_else(sqlite_client: FlaskClient, sqlite_store: Store, world: Ids) -> None:
    for route, asked in ANSWERED:
        before = rows_of(sqlite_store)

        response = answered(sqlite_client, route, asked, world)

        assert response.status_code == asked.status, (route, asked, response.text)
        told = response.get_json()
        its = told and {key: _ids_of(told[key]) for key in asked.told or ()}
        assert its == filled(asked.told, world), (route, asked)
        assert not any(words in response.text for words in (SECRET, HARBOUR, BEES)), (route, asked)
        after = rows_of(sqlite_store)
        assert before - after == Counter(), (route, asked)
        assert not any(OTHER in row for _, row in after - before), (route, asked)


def test_an_export_has_nothing_of_somebody_else(sqlite_client: FlaskClient, world: Ids) -> None:
    response = sqlite_client.get(f"{MEMORY}/export", buffered=True)

    with ZipFile(BytesIO(response.get_data())) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert world["own_memory"] in content
    assert [name for name, one in world.items() if not name.startswith("own") and one in content] == []
    assert not any(words in content for words in (SECRET, HARBOUR, BEES))


def test_an_import_of_somebody_elses_archive_takes_nothing_over(
    sqlite_client: FlaskClient, sqlite_store: Store, world: Ids, tmp_path: Path
) -> None:
    archive = exported(sqlite_store, tmp_path / "theirs.zip", OTHER).read_bytes()
    before = rows_of(sqlite_store)

    response = sqlite_client.post(f"{MEMORY}/import", data=archive, content_type="application/zip")

    assert response.status_code == 200, response.text
    after = rows_of(sqlite_store)
    assert before - after == Counter()
    assert not any(OTHER in row for _, row in after - before)
    [copied] = sqlite_client.get(f"{MEMORY}/search?q=combination").get_json()["items"]
    assert copied["memory"]["id"] != world["note"]
    assert sqlite_client.get(f"{MEMORY}/{world['note']}").status_code == 404


def _ids_of(told: Any) -> Any:  # Any: JSON
    """A list of things as their ids; anything else as it is."""
    return [one.get("id", one) if isinstance(one, dict) else one for one in told] if isinstance(told, list) else told
