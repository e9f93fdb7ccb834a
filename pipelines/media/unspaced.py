"""Scripts whose words have no spaces between them, and texts put together accordingly."""

import re
from collections.abc import Iterable

# Thai, Lao, Myanmar, Khmer; Chinese and Japanese with their punctuation, full-width forms and rarer characters.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u312f\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f"
    "\U00020000-\U0003ffff]"
)


def running_text(texts: Iterable[str]) -> str:
    """``texts`` one after the other: a space between two, unless both are of scripts that put none there."""
    found = ""
    for text in texts:
        found += text if not (found and text) or adjoins(found, text) else f" {text}"
    return found


def adjoins(before: str, after: str) -> bool:
    """Whether the two texts meet in scripts that put no space between."""
    return bool(before and after and UNSPACED.match(before[-1]) and UNSPACED.match(after))
