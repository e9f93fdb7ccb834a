"""However large an archive says that it is, bringing it in takes bounded memory, disk and time, or is refused."""

import hashlib
import json
import random
import tracemalloc
from pathlib import Path
from zipfile import ZipFile

import pytest
from support.archives import a_full_memory, exported, lines_of, rewritten
from support.stores import with_settings

from triptych.jobs.quotas import QuotaExceeded
from triptych.memory.archive import reading
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.format import BadArchive
from triptych.store import Store

MIB = 1024 * 1024


@pytest.fixture
def archive(sqlite_store: Store, tmp_path: Path) -> Path:
    """The archive of somebody who has a full memory here."""
    a_full_memory(sqlite_store, tmp_path)
    return exported(sqlite_store, tmp_path / "all.zip")


def parts_of(archive: Path, bodies: list[object]) -> dict[str, bytes]:
    """The archive's entry of parts, with these."""
    [line] = lines_of(archive, "parts.jsonl")
    lines = [line | {"seq": seq, "body": body} for seq, body in enumerate(bodies, 1)]
    return {"parts.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in lines)}


def test_long_lines_are_taken_a_few_at_a_time(sqlite_store: Store, archive):
    chance = random.Random(5)
    words = [chance.randbytes(6).hex() for _ in range(400)]
    text = " ".join(chance.choices(words, k=80_000))
    path = rewritten(archive, parts_of(archive, [{"text": text}] * 16))
    tracemalloc.start()

    brought = import_archive(sqlite_store, "grace", path)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert brought.jobs == 1
    assert peak < 24 * MIB  # of 16 MiB, which would be there several times over


@pytest.mark.parametrize("quota_bytes", [10, 100], ids=["outputs", "lines"])
def test_what_jobs_made_and_the_lines_count_towards_the_quota(sqlite_store: Store, archive, quota_bytes):
    with pytest.raises(QuotaExceeded, match="you have left"):
        import_archive(with_settings(sqlite_store, quota_bytes=quota_bytes), "grace", archive)


def test_what_jobs_made_alike_counts_once(sqlite_store: Store, archive):
    made = bytes(50_000)
    output = {"media_type": "text/plain", "size_bytes": len(made), "sha256": hashlib.sha256(made).hexdigest()}
    [line] = lines_of(archive, "jobs.jsonl")
    line["outputs"] += [output | {"name": f"{number}.txt"} for number in range(3)]
    entries = {"jobs.jsonl": json.dumps(line).encode() + b"\n", f"contents/{output['sha256']}": made}

    brought = import_archive(with_settings(sqlite_store, quota_bytes=99_000), "grace", rewritten(archive, entries))

    assert brought.jobs == 1


def test_what_is_there_already_counts_nothing(sqlite_store: Store, archive):
    brought = import_archive(with_settings(sqlite_store, quota_bytes=5), "ada", archive)

    assert (brought.files, brought.jobs, brought.memories) == (0, 0, 0)


def test_lines_that_unpack_to_more_than_an_upload_may_have_are_refused_unread(sqlite_store: Store, archive):
    path = rewritten(archive, {"parts.jsonl": b" " * (MIB // 2)})

    with pytest.raises(BadArchive, match="would become more than 524,288 bytes"):
        import_archive(with_settings(sqlite_store, upload_bytes=MIB // 2), "grace", path)


def test_more_lines_than_an_archive_may_have_are_refused_unread(sqlite_store: Store, archive):
    with ZipFile(archive) as file:
        manifest = json.loads(file.read("manifest.json"))
    manifest["entries"]["parts.jsonl"]["lines"] = reading.MOST_LINES + 1

    with pytest.raises(BadArchive, match="more than 10,000,000 lines"):
        import_archive(sqlite_store, "grace", rewritten(archive, {"manifest.json": json.dumps(manifest).encode()}))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json.loads("[" * 70 + "]" * 70), "more than 64 levels deep"),
        (random.Random(9).choices(range(10), k=1_100_000), "more than 1,000,000 values"),
    ],
)
def test_json_that_would_fill_the_memory_or_cannot_be_written_again_is_refused(
    sqlite_store: Store, archive, body, said
):
    path = rewritten(archive, parts_of(archive, [{"text": "ships", "more": body}]))

    with pytest.raises(BadArchive, match=f"parts.jsonl, line 1: .*{said}"):
        import_archive(sqlite_store, "grace", path)
