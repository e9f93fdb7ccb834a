"""The form of an archive: what its entries are called, what its manifest says, and its lines as bytes.

An archive is a zip. Contents lie in it as they are, each under its SHA-256; everything else is JSON Lines, deflated.
Its last entry is the manifest, which counts and hashes the others: a zip without one was cut off, and is no archive.
docs/archive.md tells it for those who read or write archives themselves.
"""

import json
import re
from math import isfinite
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from triptych.memory.archive.records import Hash, Record, Time
from triptych.memory.archive.shapes import told

VERSION = 1
MANIFEST = "manifest.json"
CONTENTS = "contents/"
LINE_BYTES = 16 * 1024 * 1024
MOST_VALUES = 1_000_000  # of a line, by the signs between them: each takes some hundred bytes of memory
MOST_DEPTH = 64  # of JSON within JSON, as of whatever the API takes
MOST_CONTENTS = 200_000  # what lists a zip's entries is held in memory, about half a kilobyte for each


class EntryRecord(Record):
    """How many lines an entry has, and the SHA-256 of its bytes before they were deflated."""

    lines: Annotated[int, Field(ge=0)]
    sha256: Hash


class Manifest(Record):
    """The last entry. ``contents`` counts those that are there, ``missing`` names those whose bytes were gone."""

    format: Literal["triptych-archive"] = "triptych-archive"
    version: int
    created_at: Time
    contents: Annotated[int, Field(ge=0)]
    missing: list[Hash]
    entries: dict[str, EntryRecord]


class BadArchive(Exception):
    """What was brought is no archive that can be taken; the message says what is wrong, and where."""


R = TypeVar("R", bound=Record)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SIGNS = b",", b"[", b"{"


def line_of(record: Record) -> bytes:
    """The record as a line, one whose values are of other types than its fields too."""
    return record.model_dump_json(warnings=False).encode() + b"\n"


def record_of(kind: type[R], line: bytes, where: str) -> R:
    """The record that a line tells. Raises BadArchive naming ``where``."""
    try:
        if b"\\u0000" in line and _NUL.search(line):
            raise ValueError("a text holds the character NUL")
        if sum(map(line.count, _SIGNS)) > MOST_VALUES:
            raise ValueError(f"there are more than {MOST_VALUES:,} values")
        value = json.loads(line, parse_constant=_refuse_constant, parse_float=_finite)
        _check_depth(value)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no character
        return kind.model_validate(value)
    except ValidationError as error:
        raise BadArchive(f"{where}: {told(error)}") from None
    except (ValueError, RecursionError) as error:
        raise BadArchive(f"{where}: {error}") from None


def _check_depth(value: object) -> None:
    """Raise ValueError for JSON that is nested deeper than it can be written again; walks without recursion."""
    level = [value]
    for _ in range(MOST_DEPTH + 1):
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ValueError(f"it is more than {MOST_DEPTH} levels deep")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"the number {text[:20]} is out of range")
    return value
