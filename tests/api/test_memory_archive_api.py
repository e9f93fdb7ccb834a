"""The archive over HTTP: sent as it is written, taken in as a whole or refused."""

import io
from dataclasses import replace
from zipfile import ZipFile

import pytest
from sqlalchemy import delete
from support.archives import HARBOUR, a_full_memory, exported

from api.room import EXPORTS, EXPORTS_EACH, LOCAL_USER
from api.routes.as_made import PIECE_BYTES
from triptych.database import open_database
from triptych.jobs.tables import jobs
from triptych.memory.archive.turns import turn
from triptych.store import open_store

EXPORT, IMPORT = "/api/v1/memory/export", "/api/v1/memory/import"


@pytest.mark.parametrize("as_form", [True, False])
def test_what_was_exported_is_imported_again(client, store, fetch, tmp_path, as_form):
    a_full_memory(store, tmp_path, LOCAL_USER)
    sent = fetch(EXPORT)
    with store.database.write() as connection:
        connection.execute(delete(jobs))

    body = {"data": {"file": (io.BytesIO(sent.data), "all.zip")}} if as_form else {"data": sent.data}
    answer = client.post(IMPORT, **body)

    told = answer.get_json()
    assert (sent.status_code, sent.mimetype) == (200, "application/zip")
    assert sent.headers["Content-Disposition"].startswith('attachment; filename="triptych-')
    assert ZipFile(io.BytesIO(sent.data)).namelist()[-1] == "manifest.json"
    assert (answer.status_code, told["jobs"], told["memories"], told["skipped"], told["warnings"]) == (200, 1, 3, 2, [])
    [hit] = client.get("/api/v1/memory/search?q=sailing").get_json()["items"]
    assert hit["memory"]["text"] == HARBOUR


def test_all_that_came_can_be_shown(client, store, tmp_path):
    a_full_memory(store, tmp_path, "grace")
    body = exported(store, tmp_path / "all.zip", "grace").read_bytes()

    client.post(IMPORT, data=body)

    [job] = client.get("/api/v1/jobs").get_json()["items"]
    [talk] = client.get("/api/v1/conversations").get_json()["items"]
    [source] = client.get("/api/v1/memory/sources").get_json()["items"]
    paths = [f"jobs/{job['id']}", f"jobs/{job['id']}/parts", f"jobs/{job['id']}/attempts", "files"]
    paths += [f"conversations/{talk['id']}/messages", f"memory/sources/{source['source']['id']}/memories"]
    assert {path: client.get(f"/api/v1/{path}").status_code for path in paths} == dict.fromkeys(paths, 200)


def test_what_is_no_archive_is_refused_and_leaves_nothing(sqlite_client, left_behind):
    answer = sqlite_client.post(IMPORT, data=b"words")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_archive")
    assert "no zip" in answer.get_json()["detail"]
    assert left_behind() == []


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, _size=-1):
        raise AssertionError("the body was read")

    readinto = read


def test_second_import_of_an_owner_is_told_to_come_again_before_its_body_is_received(
    sqlite_client, sqlite_store, settings, tmp_path
):
    a_full_memory(sqlite_store, tmp_path, "grace")
    body = exported(sqlite_store, tmp_path / "all.zip", "grace").read_bytes()
    other_process = open_store(settings)

    with turn(other_process, LOCAL_USER):
        refused = sqlite_client.post(IMPORT, input_stream=Unread(body), content_length=len(body))
    taken = sqlite_client.post(IMPORT, data=body)

    assert (refused.status_code, refused.get_json()["code"]) == (503, "importing")
    assert int(refused.headers["Retry-After"]) > 0
    assert (taken.status_code, taken.get_json()["memories"]) == (200, 3)
    other_process.close()


def test_form_without_an_archive_is_refused(sqlite_client):
    answer = sqlite_client.post(IMPORT, data={}, content_type="multipart/form-data")

    assert answer.status_code in (400, 422)


def test_archives_that_nobody_reads_hold_no_connection_and_are_few(sqlite_client, sqlite_store, tmp_path):
    a_full_memory(sqlite_store, tmp_path, LOCAL_USER)
    stalled = [sqlite_client.get(EXPORT, buffered=False) for _ in range(EXPORTS_EACH)]

    refused = sqlite_client.get(EXPORT)

    assert [answer.status_code for answer in stalled] == [200] * EXPORTS_EACH
    assert sqlite_store.database.engine.pool.checkedout() == 0
    assert (refused.status_code, refused.get_json()["code"]) == (503, "too_many_clients")
    assert int(refused.headers["Retry-After"]) > 0
    for answer in stalled:
        answer.close()
    with sqlite_client.get(EXPORT) as sent:
        assert ZipFile(io.BytesIO(sent.data)).testzip() is None


def test_archive_is_sent_in_pieces_that_slow_readers_have_time_for(sqlite_client):
    sqlite_client.post("/api/v1/files?name=large.txt", data=b"a line of words\n" * (1 << 17))

    with sqlite_client.get(EXPORT, buffered=False) as answer:
        pieces = list(answer.iter_encoded())

    assert max(map(len, pieces)) == PIECE_BYTES
    assert ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_export_that_fails_takes_no_place(settings, sqlite_store, make_client):
    away = replace(sqlite_store, database=open_database("postgresql://127.0.0.1:1/nobody"))

    client = make_client(settings, away)
    codes = [client.get(EXPORT).get_json()["code"] for _ in range(EXPORTS + 1)]

    assert codes == ["database_away"] * (EXPORTS + 1)


def test_who_hangs_up_ends_the_export(sqlite_client, sqlite_store, tmp_path):
    a_full_memory(sqlite_store, tmp_path, LOCAL_USER)

    answer = sqlite_client.get(EXPORT, buffered=False)
    answer.close()

    assert sqlite_store.database.engine.pool.checkedout() == 0
