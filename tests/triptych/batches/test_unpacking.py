"""Archives of batches: members become files by the paths that lines name; what is wrong is told by name."""

import stat
import struct
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import pytest
from support.batching import a_batch, jobs_of, standing, tend
from support.stores import with_settings
from support.work import OWNER

from triptych.batches.reading import list_lines
from triptych.batches.states import BatchState
from triptych.batches.unpacking import LIST_BYTES
from triptych.blobs import Blob
from triptych.store import Store
from triptych.uploads import list_owned

pytestmark = pytest.mark.redis


def zipped(members: Mapping[str, bytes] | list[tuple[ZipInfo | str, bytes]]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, content)
    return buffer.getvalue()


def kept(store: Store, content: bytes) -> Blob:
    return store.blobs.keep(store.blobs.receive([content], len(content)))


def of_archive(store: Store, content: bytes) -> str:
    batch_id = a_batch(store, [], manifest=None, archive=kept(store, content))
    tend(store)
    return batch_id


def errors(store: Store, batch_id: str) -> list[str | None]:
    return [line.error["code"] if line.error else None for line in list_lines(store, OWNER, batch_id, None, 0, 100)]


def test_every_member_becomes_a_line_but_for_what_a_system_put_there(store: Store) -> None:
    members = {"may/a.txt": b"bees", "may/b.txt": b"ships", "__MACOSX/may/._a.txt": b"\0", "may/.DS_Store": b"\0"}

    batch_id = of_archive(store, zipped(members))

    assert [job.inputs[0].name for job in jobs_of(store, batch_id)] == ["a.txt", "b.txt"]
    assert standing(store, batch_id).state is BatchState.RUNNING


def test_lines_of_members_are_called_by_their_paths_but_by_none_too_long_for_that(store: Store) -> None:
    too_long = "may/" + "a" * 252

    batch_id = of_archive(store, zipped({"may/a.txt": b"bees", too_long: b"ships"}))

    assert [line.custom_id for line in list_lines(store, OWNER, batch_id, None, 0, 10)] == ["may/a.txt", None]
    assert errors(store, batch_id) == [None, None]


def test_manifest_of_the_archive_names_its_members(store: Store) -> None:
    manifest = b'{"path": "b.txt", "custom_id": "second"}\n{"path": "c.txt"}\n'

    batch_id = of_archive(store, zipped({"a.txt": b"bees", "b.txt": b"ships", "manifest.jsonl": manifest}))

    lines = list_lines(store, OWNER, batch_id, None, 0, 10)
    assert [(line.custom_id, line.error["code"] if line.error else None) for line in lines] == [
        ("second", None),
        (None, "not_found"),
    ]


def link(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def packed(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type = ZIP_LZMA
    return info


def test_members_that_are_no_plain_files_are_refused_by_name(store: Store) -> None:
    nested = zipped({"inside.txt": b"bees"})
    members: list[tuple[ZipInfo | str, bytes]] = [
        ("../../etc/passwd", b"root"),
        ("..\\..\\passwd", b"root"),
        ("/etc/passwd", b"root"),
        (link("link.txt"), b"/etc/passwd"),
        (packed("rare.txt"), b"bees"),
        ("nested.zip", nested),
        ("empty.txt", b""),
        ("fine.txt", b"bees"),
    ]

    batch_id = of_archive(store, zipped(members))

    refused = ["bad_path", "bad_path", "bad_path", "bad_path", "bad_archive", "wrong_media", "empty_file", None]
    assert errors(store, batch_id) == refused
    assert standing(store, batch_id).state is BatchState.VALIDATED


def damaged(content: bytes) -> bytes:
    return content.replace(b"bees and ships", b"bees and shops", 1)


def lying_elsewhere(content: bytes) -> bytes:
    """The same zip, whose one entry is said to lie further off than any file is long, in an extra field of ZIP64."""
    listed, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    extra = struct.pack("<HHQ", 1, 8, 2**63 - 1)
    header = bytearray(content[listed:end] + extra)
    header[30:32], header[42:46] = struct.pack("<H", len(extra)), b"\xff" * 4
    tail = bytearray(content[end:])
    tail[12:16] = struct.pack("<L", len(header))
    return content[:listed] + bytes(header) + bytes(tail)


def encrypted(content: bytes) -> bytes:
    """The same zip, whose one entry says that it is encrypted, in both of its headers."""
    return content.replace(b"PK\3\4\x14\0\0", b"PK\3\4\x14\0\1", 1).replace(
        b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1", 1
    )


@pytest.mark.parametrize(
    ("change", "code"), [(damaged, "bad_archive"), (encrypted, "encrypted"), (lying_elsewhere, "bad_archive")]
)
def test_members_that_cannot_be_read_are_refused_by_name(sqlite_store: Store, change, code: str) -> None:
    content = change(zipped({"a.txt": b"bees and ships"}))

    batch_id = of_archive(sqlite_store, content)

    assert errors(sqlite_store, batch_id) == [code]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip at all", "no zip"),
        (zipped({"a.txt": b"bees"})[:-30], "no zip"),
        (zipped({"big.txt": b" " * 2000}), "more than 1,000 bytes"),
        (zipped({f"{n}.txt": b"x" for n in range(4)}), "more than 3 files"),
    ],
    ids=["no zip", "cut off", "too large", "too many"],
)
def test_archive_that_cannot_be_taken_fails_its_batch_and_leaves_no_file(
    sqlite_store: Store, content: bytes, words: str
) -> None:
    store = with_settings(sqlite_store, upload_bytes=1000, batch_lines=3)

    batch_id = of_archive(store, content)

    batch = standing(store, batch_id)
    assert (batch.state, batch.error and batch.error["code"]) == (BatchState.FAILED, "bad_archive")
    assert words in (batch.error or {})["message"]
    assert list_owned(store, OWNER, None, 10) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archive_with_one_name_twice_is_refused(sqlite_store: Store) -> None:
    batch_id = of_archive(sqlite_store, zipped([("a.txt", b"bees"), ("a.txt", b"ships")]))

    batch = standing(sqlite_store, batch_id)
    assert batch.error == {"code": "bad_archive", "message": "the archive has two entries called 'a.txt'"}


def ending_as_zip64(
    content: bytes, list_bytes: int | None = None, moved: int = 0, locator: bytes = b"PK\6\7", comment: bytes = b""
) -> bytes:
    """The same zip, whose end is told as ZIP64 has it; its record is said to stand ``moved`` bytes off its place."""
    at = content.index(b"PK\5\6")
    count, true_bytes, offset = struct.unpack("<HLL", content[at + 10 : at + 20])
    told = true_bytes if list_bytes is None else list_bytes
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, told, offset)
    end = bytearray(content[at:])
    end[8:22] = b"\xff" * 12 + struct.pack("<H", len(comment))
    return content[:at] + record + struct.pack("<4sLQL", locator, 0, at + moved, 1) + bytes(end) + comment


def test_zip64_is_taken_as_any_zip(sqlite_store: Store) -> None:
    content = ending_as_zip64(zipped({"a.txt": b"bees", "b.txt": b"ships"}), comment=b"of May")

    batch_id = of_archive(sqlite_store, content)

    assert [job.inputs[0].name for job in jobs_of(sqlite_store, batch_id)] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"list_bytes": LIST_BYTES + 1}, "lists too many entries"),
        ({"list_bytes": 2**63}, "lists too many entries"),
        ({"list_bytes": 2**63, "comment": b"x" * 0xFFFF}, "lists too many entries"),
        ({"moved": 1}, "pack it anew"),
        ({"moved": -22}, "pack it anew"),
        ({"locator": b"none"}, "lists too many entries"),
    ],
    ids=["too long", "longer than any", "before a comment", "elsewhere", "before", "record that no locator names"],
)
def test_zip64_whose_list_would_fill_the_memory_or_lies_elsewhere_is_refused(
    sqlite_store: Store, told, words: str
) -> None:
    batch_id = of_archive(sqlite_store, ending_as_zip64(zipped({"a.txt": b"bees"}), **told))

    batch = standing(sqlite_store, batch_id)
    assert (batch.state, words in (batch.error or {})["message"]) == (BatchState.FAILED, True)
