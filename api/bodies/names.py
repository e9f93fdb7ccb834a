"""File names: data to show, cleaned of what could mislead or cannot be stored."""

import re
import textwrap
import unicodedata

from api.problems import invalid
from api.schemas.requests import NAME_CHARACTERS
from triptych.names import plain_name

TITLE_CHARACTERS = 40


def clean_name(name: str | None) -> str:
    """The last path component of ``name`` without control and bidirectional characters; ``upload`` when none is left.

    Raises Refused with ``name_too_long`` past 255 characters.
    """
    if name is None:
        return "upload"
    if len(name) > NAME_CHARACTERS:
        raise invalid("name", f"{len(name)} characters; at most {NAME_CHARACTERS} are taken", "name_too_long")
    return unicodedata.normalize("NFC", plain_name(name)) or "upload"


def name_of_text(text: str) -> str:
    """A name for a text that came without one: its first words and ``.txt``."""
    start = " ".join(re.sub(r"[/\\]", " ", text[: 4 * TITLE_CHARACTERS]).split())
    title = textwrap.shorten(start, TITLE_CHARACTERS, placeholder="…") if " " in start else start[:TITLE_CHARACTERS]
    return f"{clean_name(title.rstrip('.'))}.txt"
