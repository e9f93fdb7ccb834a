"""Names of files: data to show, without what would mislead who reads them or cannot be sent."""

import re
import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_name(name: str) -> str:
    """The last path component of ``name`` without control and bidirectional characters; empty when none is left."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI).strip()
    return "" if kept in (".", "..") else kept
