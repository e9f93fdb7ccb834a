"""How far what was understood is from what was there, in edits."""

from collections.abc import Sequence


def edits(truth: Sequence[str], understood: Sequence[str]) -> int:
    """The least number of items to put in, take out or change (Levenshtein 1966)."""
    row = list(range(len(understood) + 1))
    for number, wanted in enumerate(truth, start=1):
        before, row = row, [number]
        for at, found in enumerate(understood):
            row.append(min(before[at] + (found != wanted), before[at + 1] + 1, row[at] + 1))
    return row[-1]
