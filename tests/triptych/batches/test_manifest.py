"""Manifests read record by record, from any place on."""

import csv
import tracemalloc
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.batches.line import BadLine
from triptych.batches.manifest import BadManifest, Manifest, ManifestForm, Place

JSONL, CSV = ManifestForm.JSONL, ManifestForm.CSV


def said(content: bytes, form: ManifestForm, most_bytes: int = 1000) -> list[tuple[int, Any]]:
    manifest = Manifest(BytesIO(content), form, most_bytes)
    found: list[tuple[int, Any]] = []
    for record in manifest.records(Place()):
        try:
            found.append((record.number, manifest.object_of(record)))
        except BadLine as error:
            found.append((record.number, error.code))
    return found


def test_lines_are_numbered_as_an_editor_does_and_blank_ones_are_none():
    content = b'\xef\xbb\xbf{"text": "a"}\r\n\n{"text": "b"}\n  \n{"text": "c"}'

    assert said(content, JSONL) == [(1, {"text": "a"}), (3, {"text": "b"}), (5, {"text": "c"})]


def test_mark_of_utf8_on_a_line_of_its_own_is_a_blank_line():
    assert said(b'\xef\xbb\xbf\n{"text": "a"}\n', JSONL) == [(2, {"text": "a"})]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"no json", "bad_json"),
        (b"[1]", "bad_json"),
        (b'{"a": 1, "a": 2}', "bad_json"),
        (b'{"a": 1e999}', "bad_json"),
        (b'{"a": "\\u0000"}', "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b'{"text": "' + b"x" * 2000 + b'"}', "too_large"),
    ],
)
def test_line_that_cannot_be_read_leaves_the_next_one_readable(line: bytes, code: str):
    assert said(line + b'\n{"text": "b"}\n', JSONL) == [(1, code), (2, {"text": "b"})]


def test_rows_of_a_csv_are_objects_with_parameters_of_their_own():
    content = b'custom_id,text,params.count,params.language\none,"two\nlines, ""quoted""",3,en\ntwo,ships,,\n'

    assert said(content, CSV) == [
        (2, {"custom_id": "one", "text": 'two\nlines, "quoted"', "params": {"count": 3, "language": "en"}}),
        (4, {"custom_id": "two", "text": "ships"}),
    ]


@pytest.mark.parametrize("quoted", [b'The 5" disk', b'"a ""word"""', b'"two\n\nlines"', b'"a,b",c "d', b'"a" b, "c'])
def test_quotes_open_a_cell_only_at_its_beginning_so_that_no_row_is_swallowed(quoted: bytes):
    content = b"text\n" + quoted + b"\nnext\nlast\n"

    told = said(content, CSV)

    assert [row for _, row in told[1:]] == [{"text": "next"}, {"text": "last"}]
    assert len(told) == 3


def test_carriage_return_that_stands_alone_is_told_and_loses_nothing_in_silence():
    assert said(b"text\nfoo one.\rbar two.\nlast.\n", CSV) == [(2, "bad_csv"), (3, {"text": "last."})]


def test_long_cell_is_taken_as_far_as_a_line_may_go():
    assert said(b"text\n" + b"x" * 200_000, CSV, most_bytes=300_000) == [(2, {"text": "x" * 200_000})]


@given(st.lists(st.lists(st.text(alphabet='a",\n ', max_size=6), min_size=2, max_size=2), max_size=6))
def test_whatever_a_program_writes_is_read_as_it_was(rows: list[list[str]]):
    written = StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["text", "custom_id"], *rows])

    told = said(written.getvalue().encode(), CSV)

    assert [row for _, row in told] == [
        {name: cell for name, cell in zip(("text", "custom_id"), row, strict=True) if cell} for row in rows
    ]


def test_row_with_other_cells_than_the_header_is_told():
    assert said(b"text\nbees,ships\nbees\n", CSV) == [(2, "bad_csv"), (3, {"text": "bees"})]


@pytest.mark.parametrize("header", [b"", b"\n", b"text,colour\n", b"text,text\n", b"\xff\n"])
def test_csv_without_a_header_that_says_what_its_columns_are_is_refused(header: bytes):
    with pytest.raises(BadManifest):
        Manifest(BytesIO(header), CSV, 1000)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_csv_in_another_encoding_says_which_one_is_wanted(encoding: str):
    with pytest.raises(BadManifest, match="save it as UTF-8"):
        Manifest(BytesIO("text,über\n".encode(encoding)), CSV, 1000)


@pytest.mark.parametrize("form", list(ManifestForm))
def test_reading_goes_on_where_it_stood_and_finds_a_record_again(form: ManifestForm):
    lines = [b'"a ""b""\nc"', b"bees"] if form is CSV else [b'{"text": "a"}', b'{"text": "b"}']
    content = b"\n".join([*([b"text"] if form is CSV else []), *lines, b""])
    first = Manifest(BytesIO(content), form, 1000)
    record = next(first.records(Place()))
    second = Manifest(BytesIO(content), form, 1000)

    [rest] = second.records(first.place)

    assert (rest.raw or b"").strip() == lines[1]
    assert second.record_at(record.number, record.offset, record.size_bytes) == record


def test_memory_does_not_grow_with_the_lines(tmp_path: Path):
    path, text = tmp_path / "long.jsonl", "x" * 1000
    with path.open("w") as file:
        file.writelines(f'{{"custom_id": "{number}", "text": "{text}"}}\n' for number in range(50_000))
    with path.open("rb") as file:
        manifest = Manifest(file, JSONL, 10_000)
        tracemalloc.start()

        count = sum(1 for record in manifest.records(Place()) if record.raw)

        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 50_000
    assert peak_bytes < 1024 * 1024 < path.stat().st_size
