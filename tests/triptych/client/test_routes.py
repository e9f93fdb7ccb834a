"""Whatever the API does, the client does: its calls are held against the document, both ways."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from support.documented_server import Documented, Route, documented, routes

from triptych.client import Client, Source
from triptych.client.records.batch import BatchState
from triptych.client.records.file import File
from triptych.client.records.job import JobState, Output
from triptych.client.records.retention import RetentionRule
from triptych.client.records.upload import PendingUpload
from triptych.client.records.webhook import DeliveryState

ID = "0198c7a2-5d1e-7b33-9f0e-4a7d2c1b8e90"
EXAMPLE = Source.of_bytes("talk.mp3", b"test")  # whose hash the document's example of a file tells
LATELY = {"created_after": datetime(2026, 11, 22, tzinfo=UTC), "created_before": datetime(2026, 11, 23, tzinfo=UTC)}
TEXT = Source.of_bytes("note.txt", b"a note")
OUTPUT = Output(name="a.txt", media_type="text/plain", size_bytes=1, url=f"/api/v1/jobs/{ID}/outputs/a.txt")
FILE = File(
    id=ID, name="a", media_type="text/plain", size_bytes=1, sha256="", created_at="", url=f"/api/v1/files/{ID}/content"
)

NOT_OFFERED = {
    "GET /api/v1/memory/search": "POST does the same, and takes longer words",
    "GET /api/v1/socket": "a page that shows many jobs wants one socket; a program follows a job by its events",
    "GET /api/v1/listen": "a WebSocket, which this server is not: see test_listening",
    "PATCH /api/v1/uploads/{upload_id}": "this server has all of every upload: see test_uploads",
    "POST /api/v1/uploads/{upload_id}/parts": "this server's files do not lie in S3: see test_direct",
    "POST /api/v1/uploads/{upload_id}/complete": "as the one before",
    "GET /health/live": "whoever keeps the process running asks it, and `health` tells more",
    "POST /api/v1/oidc/start": "a page of the provider's asks who somebody is, which takes a browser",
    "GET /api/v1/oidc/callback": "as the one before",
    "POST /api/v1/session/identities": "as the one before",
    "GET /metrics": "in Prometheus' format, for Prometheus",
}
"""The routes that no call below asks for, and why."""

CALLS: dict[str, Callable[[Client, Path], object]] = {
    "jobs.create": lambda c, _: c.jobs.create("text.keywords", text="words", time_limit_s=9),
    "jobs.create of files": lambda c, _: c.jobs.create("text.keywords", sources=[TEXT]),
    "jobs.get": lambda c, _: c.jobs.get(ID, wait_s=1),
    "jobs.list": lambda c, _: c.jobs.list(state=JobState.QUEUED, pipeline="a", parent=ID, batch=ID, **LATELY),
    "jobs.wait": lambda c, _: c.jobs.wait(ID),
    "jobs.watch_all": lambda c, _: c.jobs.watch_all([ID]),
    "jobs.result": lambda c, _: c.jobs.result(ID),
    "jobs.watch": lambda c, _: c.jobs.watch(ID),
    "jobs.cancel": lambda c, _: c.jobs.cancel(ID),
    "jobs.retry": lambda c, _: c.jobs.retry(ID),
    "jobs.cancel_all": lambda c, _: c.jobs.cancel_all(ids=[ID], states=[JobState.QUEUED], pipeline="a"),
    "jobs.retry_all": lambda c, _: c.jobs.retry_all(states=[JobState.FAILED]),
    "jobs.delete": lambda c, _: c.jobs.delete(ID, inputs=True),
    "jobs.parts": lambda c, _: c.jobs.parts(ID),
    "jobs.attempts": lambda c, _: c.jobs.attempts(ID),
    "jobs.output": lambda c, _: c.jobs.output(c.jobs.get(ID), "transcript.srt"),
    "jobs.download": lambda c, at: c.jobs.download(OUTPUT, at / "a.txt"),
    "jobs.copy": lambda c, _: c.jobs.copy(OUTPUT, BytesIO()),
    "batches.create": lambda c, _: c.batches.create(manifest=ID, archive=ID, name="a", pipeline="b", dry_run=True),
    "batches.create of files": lambda c, _: c.batches.create(sources=[TEXT], pipeline="b"),
    "batches.get": lambda c, _: c.batches.get(ID),
    "batches.list": lambda c, _: c.batches.list(state=BatchState.RUNNING, **LATELY),
    "batches.lines": lambda c, _: c.batches.lines(ID, state="failed"),
    "batches.watch": lambda c, _: next(c.batches.watch(ID)),
    "batches.start": lambda c, _: c.batches.start(ID),
    "batches.pause": lambda c, _: c.batches.pause(ID),
    "batches.resume": lambda c, _: c.batches.resume(ID),
    "batches.cancel": lambda c, _: c.batches.cancel(ID),
    "batches.retry": lambda c, _: c.batches.retry(ID),
    "batches.delete": lambda c, _: c.batches.delete(ID),
    "batches.download": lambda c, at: c.batches.download(ID, at / "results.zip", form="zip", only="errors"),
    "batches.copy": lambda c, _: c.batches.copy(ID, BytesIO()),
    "files.upload": lambda c, _: c.files.upload(TEXT),
    "files.get": lambda c, _: c.files.get(ID),
    "files.list": lambda c, _: c.files.list(**LATELY),
    "files.text": lambda c, _: c.files.text(ID, page=1, around=5),
    "files.copy_page": lambda c, _: c.files.copy_page(ID, 1, BytesIO(), dpi=100),
    "files.download": lambda c, at: c.files.download(FILE, at / "a.txt"),
    "files.copy": lambda c, _: c.files.copy(FILE, BytesIO()),
    "files.delete": lambda c, _: c.files.delete(ID),
    "uploads.begin": lambda c, _: c.uploads.begin(TEXT),
    "uploads.get": lambda c, _: c.uploads.get(ID),
    "uploads.list": lambda c, _: c.uploads.list(**LATELY),
    "uploads.give_up": lambda c, _: c.uploads.give_up(ID),
    "uploads.send": lambda c, _: c.uploads.send(
        PendingUpload(id=ID, name="a", size_bytes=1, offset=0, expires_at="", file_id=None, part_bytes=None), EXAMPLE
    ),
    "memory.search": lambda c, _: c.memory.search("harbour", modality=["audio"], tag=["a"], pinned=True, offset=20),
    "memory.search of pictures": lambda c, _: c.memory.search(picture=TEXT, kind=["label"]),
    "memory.similar": lambda c, _: c.memory.similar(ID, source=[ID], pinned=True),
    "memory.get": lambda c, _: c.memory.get(ID),
    "memory.forget": lambda c, _: c.memory.forget(ID),
    "memory.pin": lambda c, _: c.memory.pin(ID),
    "memory.unpin": lambda c, _: c.memory.unpin(ID),
    "memory.note": lambda c, _: c.memory.note(ID, "see there", at_memory=ID),
    "memory.change_note": lambda c, _: c.memory.change_note(ID, "see here"),
    "memory.status": lambda c, _: c.memory.status(),
    "memory.map": lambda c, _: c.memory.map(),
    "memory.draw_map": lambda c, _: c.memory.draw_map({"limit": 100}),
    "memory.reindex": lambda c, _: c.memory.reindex({"kind": "text"}),
    "memory.export": lambda c, at: c.memory.export(at / "all.zip"),
    "memory.copy_export": lambda c, _: c.memory.copy_export(BytesIO()),
    "memory.bring": lambda c, _: c.memory.bring(TEXT),
    "sources.list": lambda c, _: c.sources.list(tag=["a", "b"], collection=ID, modality=["audio"], **LATELY),
    "sources.get": lambda c, _: c.sources.get(ID),
    "sources.memories": lambda c, _: c.sources.memories(ID),
    "sources.tag": lambda c, _: c.sources.tag(ID, ["a"]),
    "sources.tags": lambda c, _: c.sources.tags(),
    "collections.create": lambda c, _: c.collections.create("harbours"),
    "collections.list": lambda c, _: c.collections.list(),
    "collections.rename": lambda c, _: c.collections.rename(ID, "ports"),
    "collections.delete": lambda c, _: c.collections.delete(ID),
    "collections.add": lambda c, _: c.collections.add(ID, ID),
    "collections.remove": lambda c, _: c.collections.remove(ID, ID),
    "conversations.create": lambda c, _: c.conversations.create({"speak": True}),
    "conversations.list": lambda c, _: c.conversations.list("harbour", **LATELY),
    "conversations.get": lambda c, _: c.conversations.get(ID),
    "conversations.change": lambda c, _: c.conversations.change(ID, title="Harbours", settings={"memory": "never"}),
    "conversations.delete": lambda c, _: c.conversations.delete(ID),
    "conversations.ask": lambda c, _: c.conversations.ask(ID, "When?", files=[ID], memory=True, behind=ID),
    "conversations.edit": lambda c, _: c.conversations.edit(ID, ID, "Where?", files=[], memory=False),
    "conversations.regenerate": lambda c, _: c.conversations.regenerate(ID, ID, memory=True),
    "conversations.messages": lambda c, _: c.conversations.messages(ID),
    "conversations.message": lambda c, _: c.conversations.message(ID, ID),
    "webhooks.create": lambda c, _: c.webhooks.create("https://a.example", ["job.failed"], pipelines=["text.keywords"]),
    "webhooks.list": lambda c, _: c.webhooks.list(),
    "webhooks.get": lambda c, _: c.webhooks.get(ID),
    "webhooks.change": lambda c, _: c.webhooks.change(ID, url="https://b.example", enabled=True),
    "webhooks.rotate": lambda c, _: c.webhooks.rotate(ID),
    "webhooks.remove": lambda c, _: c.webhooks.remove(ID),
    "webhooks.test": lambda c, _: c.webhooks.test(ID),
    "webhooks.deliveries": lambda c, _: c.webhooks.deliveries(ID, state=DeliveryState.FAILED, **LATELY),
    "webhooks.delivery": lambda c, _: c.webhooks.delivery(ID, ID),
    "webhooks.attempted": lambda c, _: c.webhooks.attempted(ID, ID),
    "webhooks.replay": lambda c, _: c.webhooks.replay(ID, ID),
    "retention.get": lambda c, _: c.retention.get(),
    "retention.change": lambda c, _: c.retention.change([RetentionRule(what="jobs", days=30)], dry_run=True),
    "session.door": lambda c, _: c.session.door(),
    "session.get": lambda c, _: c.session.get(),
    "session.sign_in": lambda c, _: c.session.sign_in("ada@triptych.example", "a long password"),
    "session.set_up": lambda c, _: c.session.set_up("t", email="ada@triptych.example", name="Ada", password="p"),
    "session.accept": lambda c, _: c.session.accept("t", name="Ada", password="p"),
    "session.sign_out": lambda c, _: c.session.sign_out(),
    "session.change_password": lambda c, _: c.session.change_password("old", "new"),
    "session.list": lambda c, _: c.session.list(),
    "session.end": lambda c, _: c.session.end(ID),
    "session.end_all": lambda c, _: c.session.end_all(),
    "session.identities": lambda c, _: c.session.identities(),
    "session.unlink": lambda c, _: c.session.unlink(ID),
    "keys.create": lambda c, _: c.keys.create("nightly", ["jobs:read"], expires_at="2027-01-31T00:00:00Z"),
    "keys.list": lambda c, _: c.keys.list(),
    "keys.revoke": lambda c, _: c.keys.revoke(ID),
    "users.list": lambda c, _: c.users.list(**LATELY),
    "users.change": lambda c, _: c.users.change(ID, role="viewer", disabled=True, quotas={"jobs_queued": 5}),
    "users.delete": lambda c, _: c.users.delete(ID),
    "invitations.create": lambda c, _: c.invitations.create("bob@triptych.example", role="viewer", lasts_s=3600),
    "invitations.list": lambda c, _: c.invitations.list(),
    "invitations.revoke": lambda c, _: c.invitations.revoke(ID),
    "audit.list": lambda c, _: c.audit.list(**LATELY),
    "house.pipelines": lambda c, _: c.house.pipelines(),
    "house.lanes": lambda c, _: c.house.lanes(),
    "house.workers": lambda c, _: c.house.workers(),
    "house.stats": lambda c, _: c.house.stats(),
    "house.models": lambda c, _: c.house.models(),
    "house.engines": lambda c, _: c.house.engines(),
    "house.voices": lambda c, _: c.house.voices(),
    "house.health": lambda c, _: c.house.health(),
    "house.pull_model": lambda c, _: c.house.pull_model("whisper/base"),
    "house.remove_model": lambda c, _: c.house.remove_model("whisper/base"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Documented]:
    with documented() as told:
        yield told


def make(call: str, server: Documented, folder: Path) -> list[Route]:
    """Make one call; the routes that it asks for."""
    server.asked.clear()
    with Client(server.url) as client:
        told = CALLS[call](client, folder)
        if isinstance(told, Iterator):
            next(told, None)
    return list(server.asked)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_asks_what_the_document_knows_and_understands_its_example(
    call: str, server: Documented, tmp_path: Path
) -> None:
    server.unknown.clear()

    asked = make(call, server, tmp_path)

    assert server.unknown == []
    assert asked or call == "jobs.output"


def test_every_route_of_the_document_has_a_call(server: Documented, tmp_path: Path) -> None:
    offered = {str(route) for call in CALLS for route in make(call, server, tmp_path)}

    documented = {str(route) for route in routes() if not route.path.startswith("/v1/")}  # which OpenAI's SDKs ask
    assert documented - offered - {*NOT_OFFERED} == set(), "give triptych.client a method, and CALLS a line"
    assert {*NOT_OFFERED} & offered == set(), "it is offered: take it from NOT_OFFERED"
    assert {*NOT_OFFERED} <= documented, "there is no such route: take it from NOT_OFFERED"


def test_every_method_of_the_client_is_among_the_calls() -> None:
    with Client() as client:
        parts = {name: part for name, part in vars(client).items() if not name.startswith("_") and name != "url"}

    methods = {
        f"{name}.{method}"
        for name, part in parts.items()
        for method, _ in inspect.getmembers(part, inspect.ismethod)
        if not method.startswith("_")
    }
    assert methods - {call.partition(" ")[0] for call in CALLS} == {"listening.record"}
