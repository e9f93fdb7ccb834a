"""What an answer cites: numbers in brackets, each of a passage that it was given."""

import re
from collections.abc import Iterator, Sequence

_CITATION = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")


def cited_numbers(text: str) -> tuple[int, ...]:
    """The numbers in brackets, such as [1] or [2, 3], each once and in order."""
    numbers = (int(number) for found in _CITATION.findall(text) for number in found.split(","))
    return tuple(dict.fromkeys(numbers))


def cites_nothing(numbers: Sequence[int], count: int) -> Iterator[str]:
    """A warning for each of the cited ``numbers`` that none of the ``count`` passages has."""
    for number in numbers:
        if not 1 <= number <= count:
            yield f"The answer cites [{number}], and there are only {count} passages: do not rely on it."
