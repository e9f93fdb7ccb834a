"""What users write as both databases keep it, and what a tag is: a label that is the same however it is written."""

import re
from typing import Any
from unicodedata import normalize

MAX_TAG_CHARACTERS = 64
_NOT_TAKEN = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no NUL, and neither database half a character


class BadTag(ValueError):
    """No tag can be made of this; the message says why."""


def as_tag(written: str) -> str:
    """``written`` as a tag: composed, in lower case, its spaces single ones. Raises BadTag."""
    tag = tag_like(written)
    if not 1 <= len(tag) <= MAX_TAG_CHARACTERS:
        raise BadTag(f"a tag has 1 to {MAX_TAG_CHARACTERS} characters, {tag[:MAX_TAG_CHARACTERS]!r} has {len(tag)}")
    if not tag.isprintable():
        raise BadTag(f"a tag is made of characters that can be seen, {tag!r} has others")
    return tag


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
