"""Names of files as memories, so that whoever remembers what something was called finds it."""

import re

from pipelines.house import Memory, MemoryKind, Modality
from pipelines.media.media_types import claimed_kind

_SEPARATORS = re.compile(r"[\s_.\-+]+")


def words_of(name: str) -> str:
    """The words of a file's name, without an ending that tells its type: ``winter_in-rome.mp3`` is winter in rome."""
    stem = name.rpartition(".")[0] if claimed_kind(name) else name
    return _SEPARATORS.sub(" ", stem).strip()


def title_of(name: str, source: int, modality: Modality) -> Memory | None:
    """A memory of a name, which opens its source at the beginning; None where there are no words in it."""
    words = words_of(name)
    if not any(character.isalpha() for character in words):
        return None
    return Memory(MemoryKind.TITLE, modality, words, {}, 0.0, source=source)


def begins_with(text: str, title: str) -> bool:
    """Whether ``text`` begins with the words of ``title``, which may have been cut off with an ellipsis."""
    return _SEPARATORS.sub(" ", text[: 4 * len(title)]).strip().startswith(title.rstrip("…").strip())
