"""Text that runs from the right, put into the order in which it is spoken: a recogniser tells it from the left."""

import re
import unicodedata

# What Unicode's Bidi_Class means here: R a letter from the right, L one from the left, N a digit, S what may stand
# within a number (a point, a colon), M a mark upon the letter before it. Anything else is O, neutral.
_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N", "CS": "S", "NSM": "M"}
_FROM_LEFT = re.compile(r"L(?:[^R]*[LNM])?|N+(?:SN+)*")  # words from the left, or a number
_FROM_RIGHT = re.compile(r"R(?:[^L]*[RM])?")
_LETTER = re.compile(r".M*")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def logical_order(seen: str) -> str:
    """``seen``, the characters of a line from left to right, in the order of speech.

    Undoes what the Unicode Bidirectional Algorithm does to show a line (https://www.unicode.org/reports/tr9/, rules L2
    and L4): the line is turned round, and every number and every stretch of words from the left within it back again;
    a bracket among letters from the right is told by its shape, and becomes the other one. In a line of more letters
    from the left than from the right, only the stretches from the right are turned round.
    """
    kinds = _kinds(seen)
    if "R" not in kinds:
        return seen
    if kinds.count("L") <= kinds.count("R"):
        return _turned(seen)
    pieces, end = [], 0
    for stretch in _FROM_RIGHT.finditer(kinds):
        pieces += [seen[end : stretch.start()], _turned(seen[stretch.start() : stretch.end()])]
        end = stretch.end()
    return "".join([*pieces, seen[end:]])


def _turned(seen: str) -> str:
    """A stretch from the right, in which numbers and words from the left keep their order."""
    pieces, end = [], 0
    for stretch in _FROM_LEFT.finditer(_kinds(seen)):
        pieces += [_reversed(seen[end : stretch.start()]), seen[stretch.start() : stretch.end()]]
        end = stretch.end()
    return "".join(reversed([*pieces, _reversed(seen[end:])]))


def _reversed(seen: str) -> str:
    """Letter by letter; a mark stays behind the letter that it is upon."""
    letters = [seen[letter.start() : letter.end()] for letter in _LETTER.finditer(_kinds(seen))]
    return "".join(reversed(letters)).translate(_MIRRORED)


def _kinds(seen: str) -> str:
    """One letter of ``_KINDS`` for each character."""
    return "".join(_KINDS.get(unicodedata.bidirectional(character), "O") for character in seen)
