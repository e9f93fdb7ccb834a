"""Scripts whose words have no spaces between them, and texts put together accordingly."""

import re
from collections.abc import Iterable

# Chinese and Japanese with their punctuation, full-width forms and rarer characters.
EAST_ASIAN = "\u3000-\u312f\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
UNSPACED = re.compile(f"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff{EAST_ASIAN}]")  # and Thai, Lao, Myanmar, Khmer
# Marks that East Asian text shares with scripts that put spaces around them: of quotations, ellipses and dashes.
SHARED_ENDS, SHARED_BEGINNINGS = "\u201d\u2019\u2026\u2014", "\u201c\u2018\u2026\u2014"
LONGEST_MARKS = 8  # in a row, with the character before them: no need to look through all that was said
ENDS_UNSPACED = re.compile(f"[{EAST_ASIAN}][{SHARED_ENDS}]*\\Z")
BEGINS_UNSPACED = re.compile(f"[{SHARED_BEGINNINGS}]*(?:[{EAST_ASIAN}]|\\Z)")


def running_text(texts: Iterable[str]) -> str:
    """``texts``, each a sentence or so, one after the other: a space between two, unless both are East Asian there.

    Thai, Lao, Khmer and Myanmar, too, put a space between sentences, though none between words.
    """
    found = ""
    for text in texts:
        found += text if not (found and text) or _meet_unspaced(found, text) else f" {text}"
    return found


def _meet_unspaced(before: str, after: str) -> bool:
    last_characters = before[-LONGEST_MARKS:]
    return bool(ENDS_UNSPACED.search(last_characters) and BEGINS_UNSPACED.match(after))


def adjoins(before: str, after: str) -> bool:
    """Whether the two texts meet in scripts that put no space between."""
    return bool(before and after and UNSPACED.match(before[-1]) and UNSPACED.match(after))
