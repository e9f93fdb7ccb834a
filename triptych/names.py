"""Names of files: data to show, without what would mislead who reads them or cannot be sent."""

import re
import textwrap
import unicodedata

TITLE_CHARACTERS = 40
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_name(name: str) -> str:
    """The last path component of ``name`` without control and bidirectional characters; empty when none is left."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI).strip()
    return "" if kept in (".", "..") else kept


def name_of_text(text: str) -> str:
    """A name for a text that came without one: its first words and ``.txt``."""
    start = " ".join(re.sub(r"[/\\]", " ", text[: 4 * TITLE_CHARACTERS]).split())
    title = textwrap.shorten(start, TITLE_CHARACTERS, placeholder="…") if " " in start else start[:TITLE_CHARACTERS]
    return f"{shown_name(title.rstrip('.'))}.txt"


def shown_name(name: str) -> str:
    """``plain_name`` in Unicode's form C; ``upload`` where nothing is left of it."""
    return unicodedata.normalize("NFC", plain_name(name)) or "upload"
