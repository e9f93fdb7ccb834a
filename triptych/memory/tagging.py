"""What users write as both databases keep it, and what a tag is: a label that is the same however it is written."""

import re
from typing import Any
from unicodedata import normalize

MAX_TAG_CHARACTERS = 64
SHOWN = 64  # characters of what was written, in a message
_NOT_TAKEN = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no NUL, and neither database half a character


class BadMark(ValueError):
    """A tag, a name or a note cannot be kept so; the message says why."""


def as_tag(written: str) -> str:
    """``written`` as a tag: composed, in lower case, its spaces single ones. Raises BadMark."""
    tag = tag_like(written)
    check_length("a tag", tag, MAX_TAG_CHARACTERS)
    if not tag.isprintable():
        raise BadMark(f"a tag is made of characters that can be seen, {tag!r} has others")
    return tag


def check_length(what: str, written: str, most: int) -> None:
    """Raise BadMark where ``written`` has no character or more than ``most``."""
    if not 1 <= len(written) <= most:
        raise BadMark(f"{what} has 1 to {most:,} characters, {written[:SHOWN]!r} has {len(written):,}")


def tag_like(written: str) -> str:
    """What the tag would be that is written so; there need not be one."""
    return " ".join(normalize("NFKC", kept(written)).casefold().split())


def kept(written: str) -> str:
    """``written`` with a sign in place of each character that a database does not take."""
    return _NOT_TAKEN.sub("\ufffd", written)


def kept_json(value: Any) -> Any:  # Any: JSON
    """A JSON value whose strings are ``kept``."""
    if isinstance(value, str):
        return kept(value)
    if isinstance(value, dict):
        return {kept(str(name)): kept_json(item) for name, item in value.items()}
    return [kept_json(item) for item in value] if isinstance(value, list | tuple) else value
