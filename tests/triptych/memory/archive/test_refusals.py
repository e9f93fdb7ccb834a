"""What is no archive is refused in words, and nothing of it is there afterwards."""

import hashlib
import json
import random
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import func, select
from support.archives import a_full_memory, exported, lines_of, rewritten
from support.media import jpeg
from support.stores import with_settings

from triptych.chat.tables import conversations
from triptych.files import files
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.tables import jobs
from triptych.memory.archive import reading
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.reading import opened
from triptych.memory.archive.records import LINES
from triptych.memory.tables import collections, memories, memory_sources
from triptych.settings import Settings
from triptych.store import Store, open_store
from triptych.uploads import Upload, keep_upload

FLIPS = 300


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, redis_url: str) -> bytes:
    """The archive of a full memory of another installation."""
    home = tmp_path_factory.mktemp("whole")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    store = open_store(Settings(home=home, redis_url=redis_url), synchronous="OFF")
    a_full_memory(store, home)
    content = exported(store, home / "all.zip").read_bytes()
    store.close()
    return content


@pytest.fixture
def archive(whole: bytes, tmp_path: Path) -> Path:
    """The archive, to be spoilt."""
    path = tmp_path / "all.zip"
    path.write_bytes(whole)
    return path


def counts(store: Store) -> list[int]:
    with store.database.read() as connection:
        tables = (files, jobs, memory_sources, memories, collections, conversations)
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def refused(store: Store, archive: Path) -> str:
    """What is said of it, when nothing of it is there for its new owner."""
    before = counts(store)
    with pytest.raises(BadArchive) as raised:
        import_archive(store, "grace", archive)
    assert counts(store) == before
    return str(raised.value)


def a_line(archive: Path, entry: str, changes: Mapping[str, object]) -> dict[str, bytes]:
    """The entry with its first line changed."""
    first, *others = lines_of(archive, entry)
    lines = [{**first, **changes}, *others]
    return {entry: b"".join(json.dumps(line).encode() + b"\n" for line in lines)}


@pytest.mark.parametrize("content", [b"", b"PK", b"words, and no zip at all" * 9, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(sqlite_store: Store, tmp_path, content):
    path = tmp_path / "no.zip"
    path.write_bytes(content)

    assert refused(sqlite_store, path)


def test_archive_that_was_cut_off_is_refused(sqlite_store: Store, archive):
    whole = archive.read_bytes()

    archive.write_bytes(whole[: len(whole) // 2])

    assert "cut off" in refused(sqlite_store, archive)


def test_zip_without_a_manifest_is_refused(sqlite_store: Store, archive):
    said = refused(sqlite_store, rewritten(archive, {"manifest.json": None}))

    assert "manifest.json is not the last entry" in said


def test_another_form_is_refused_by_its_number(sqlite_store: Store, archive):
    with ZipFile(archive) as file:
        manifest = json.loads(file.read("manifest.json"))

    said = refused(sqlite_store, rewritten(archive, {"manifest.json": json.dumps({**manifest, "version": 2}).encode()}))

    assert "has the form 2; this is Triptych's form 1" in said


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "contents/../x", "contents/" + "a" * 63])
def test_name_that_no_archive_has_is_refused(sqlite_store: Store, archive, name):
    said = refused(sqlite_store, rewritten(archive, {name: b"x"}))

    assert "which no archive has" in said


def test_content_of_another_hash_is_refused(sqlite_store: Store, archive):
    sha256 = hashlib.sha256(b"hello").hexdigest()

    said = refused(sqlite_store, rewritten(archive, {f"contents/{sha256}": b"olleh"}))

    assert f"the content {sha256} is another" in said


def test_content_that_is_larger_than_it_is_said_to_be_is_refused(sqlite_store: Store, archive):
    sha256 = hashlib.sha256(b"hello").hexdigest()

    said = refused(sqlite_store, rewritten(archive, {f"contents/{sha256}": b"hello" * 1000}))

    assert "larger than the 5 bytes" in said


def test_content_that_is_missing_is_refused(sqlite_store: Store, archive):
    sha256 = hashlib.sha256(b"what was made").hexdigest()

    said = refused(sqlite_store, rewritten(archive, {f"contents/{sha256}": None}))

    assert f"the content {sha256} is missing" in said


def test_lines_that_the_manifest_does_not_tell_of_are_refused(sqlite_store: Store, archive):
    with ZipFile(archive) as file:
        told = file.read("manifest.json")
    changed = rewritten(archive, {"jobs.jsonl": b"", "manifest.json": told})

    assert "jobs.jsonl is not what manifest.json tells of it" in refused(sqlite_store, changed)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("files.jsonl", {"size_bytes": -1}, "files.jsonl, line 1: size_bytes"),
        ("files.jsonl", {"sha256": "../../x"}, "sha256"),
        ("files.jsonl", {"id": "1"}, "id"),
        ("files.jsonl", {"owner": "ada"}, "owner"),
        ("files.jsonl", {"name": "a\0b"}, "NUL"),
        ("files.jsonl", {"name": "\ud800"}, "surrogates not allowed"),
        ("jobs.jsonl", {"state": "running"}, "state"),
        ("jobs.jsonl", {"attempt": 10**30}, "attempt"),
        ("jobs.jsonl", {"created_at": float("nan")}, "NaN is not JSON"),
        ("jobs.jsonl", {"inputs": ["00000000-0000-0000-0000-000000000000"]}, "there is no file"),
        ("parts.jsonl", {"job_id": "00000000-0000-0000-0000-000000000000"}, "there is no job"),
        ("sources.jsonl", {"file_id": None}, "a source is a file or a job"),
        ("sources.jsonl", {"tags": [" "]}, "tag"),
        ("memories.jsonl", {"source": "00000000-0000-0000-0000-000000000000"}, "there is no source"),
        ("memories.jsonl", {"makers": []}, "nobody made this memory"),
        ("memories.jsonl", {"position": float("inf")}, "is not JSON"),
        ("vectors.jsonl", {"values": "AAAA"}, "no 3 numbers"),
        ("vectors.jsonl", {"values": "AACAPwAAgD8AAIA/"}, "length 1.73"),
        ("vectors.jsonl", {"values": "AADAfwAAwH8AAMB/"}, "length nan"),
        ("messages.jsonl", {"conversation_id": "00000000-0000-0000-0000-000000000000"}, "there is no conversation"),
        ("messages.jsonl", {"parent_id": "00000000-0000-0000-0000-000000000000"}, "none of its conversation"),
    ],
)
def test_line_that_cannot_be_is_refused_by_its_place(sqlite_store: Store, archive, name, changes, said):
    answer = refused(sqlite_store, rewritten(archive, a_line(archive, name, changes)))

    assert re.search(re.escape(said), answer), answer


def test_picture_with_more_pixels_than_are_taken_is_refused(sqlite_store: Store, tmp_path):
    draft = sqlite_store.blobs.receive([jpeg()], 1 << 20)
    keep_upload(sqlite_store, "ada", Upload("a.jpg", draft))
    archive = exported(sqlite_store, tmp_path / "all.zip")

    said = refused(with_settings(sqlite_store, image_pixels=3), archive)

    assert "files.jsonl, line 1: the file 'a.jpg' is not taken" in said


def test_lines_that_would_fill_the_disk_are_refused_unread(sqlite_store: Store, archive):
    bomb = rewritten(archive, {"parts.jsonl": b" " * (8 << 20)})

    assert "200 times as large" in refused(sqlite_store, bomb)


def test_line_without_an_end_is_refused(sqlite_store: Store, archive):
    noise = random.Random(3).randbytes(1 << 20).replace(b"\n", b" ") * 17
    bomb = rewritten(archive, {"parts.jsonl": noise})

    assert "a line of more than" in refused(sqlite_store, bomb)


def test_archive_with_a_bit_turned_is_refused_or_harmless(sqlite_store: Store, whole, archive):
    chance, before = random.Random(11), counts(sqlite_store)

    for _ in range(FLIPS):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        archive.write_bytes(content)
        with suppress(BadArchive), opened(archive, sqlite_store.settings.upload_bytes) as read:
            for name in LINES:
                for _ in read.lines(name):
                    pass

    assert counts(sqlite_store) == before


def test_list_of_entries_that_would_fill_the_memory_is_refused(sqlite_store: Store, archive):
    content = bytearray(archive.read_bytes())
    content[-10:-6] = (reading.LIST_BYTES + 1).to_bytes(4, "little")
    archive.write_bytes(content)

    assert "lists more than" in refused(sqlite_store, archive)


def test_entry_that_stands_there_twice_is_refused(sqlite_store: Store, archive):
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(archive, "a") as file:
        file.writestr("files.jsonl", b"", ZIP_DEFLATED)

    assert "stands there twice" in refused(sqlite_store, archive)


def test_files_beyond_the_quota_are_refused_and_leave_nothing(sqlite_store: Store, archive):
    before = counts(sqlite_store)

    with pytest.raises(QuotaExceeded):
        import_archive(with_settings(sqlite_store, quota_bytes=3), "grace", archive)

    assert counts(sqlite_store) == before
