"""Markdown with its marks blanked out: what is left reads as prose and every character keeps its place."""

import re
from collections.abc import Sequence

from pipelines.media.passages import MARK, PARAGRAPH

_ROW = re.compile(r"^[ \t]*\|[^\n]*\|[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"[ \t|:-]+")  # between a table's head and its rows
# Patterns that scan for an end are bounded or run to the text's end: no input makes them quadratic.
# Blanked whole: nobody wants code, a table or front matter quoted in a summary.
_UNREAD = (
    re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL),
    re.compile(
        r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
    ),
    re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL),
    _ROW,
    re.compile(r"^ {0,3}\[[^\]\n]+\]:[^\n]*$", re.MULTILINE),  # where reference links lead
    re.compile(r"^ {0,3}(?:[-*_][ \t]*){3,}$|^ {0,3}=+[ \t]*$", re.MULTILINE),  # rules and underlines of headings
    re.compile(r"!\[[^\]\n]{0,300}\](?:\([^)\n]{0,300}\)|\[[^\]\n]{0,300}\])"),  # pictures
    re.compile(r"</?[A-Za-z][^>\n]{0,300}>"),
)
# Blanked but for their words.
_MARKS = (
    re.compile(r"^ {0,3}#{1,6}[ \t]|^[ \t]*>[ \t]?|^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE),
    re.compile(r"`|(?<!\s)\*{1,3}|\*{1,3}(?!\s)|~~|(?<!\w)_{1,3}|_{1,3}(?!\w)"),
)
_LINK = re.compile(r"\[(?P<words>[^\[\]\n]{0,300})\](?P<where>\([^)\n]{0,300}\)|\[[^\]\n]{0,300}\])")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_NOT_LINE_END = re.compile(r"[^\n]")
_NOT_SPACE = re.compile(r"\S")
_ENDS_PARAGRAPH = re.compile(
    r"^(?: {0,3}#{1,6}[ \t][^\n]*|[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t][^\n]*|[^\n]+(?=\n {0,3}(?:=+|-{2,})[ \t]*$))"
    r"(?P<end>\n)|(?P<before>\n)(?=[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t])",
    re.MULTILINE,
)


def as_prose(markdown: str) -> str:
    """The words of the document with blanks where its marks were: as long as ``markdown``, so offsets fit both."""
    text = _blanked(_without_indented_code(markdown), _UNREAD)
    ends = [match.start("end") if match["end"] else match.start("before") for match in _ENDS_PARAGRAPH.finditer(text)]
    text = _LINK.sub(lambda link: MARK + link["words"] + MARK * (len(link["where"]) + 1), text)
    for pattern in _MARKS:
        text = pattern.sub(lambda match: _NOT_SPACE.sub(MARK, match.group()), text)
    return _with_paragraphs_ended(text, ends)


def tables_of(markdown: str) -> str:
    """The rows of the document's tables as they stand, blanks elsewhere, each a paragraph; as long as ``markdown``."""
    text = _blanked(_without_indented_code(markdown), [pattern for pattern in _UNREAD if pattern is not _ROW])
    pieces: list[str] = []
    start = 0
    for row in _ROW.finditer(text):
        shown = _NOT_LINE_END.sub(" ", row.group()) if _RULE.fullmatch(row.group()) else row.group()
        ended = PARAGRAPH if row.end() < len(text) else ""
        pieces.extend((_NOT_LINE_END.sub(" ", text[start : row.start()]), shown, ended))
        start = row.end() + len(ended)
    return "".join((*pieces, _NOT_LINE_END.sub(" ", text[start:])))


def _blanked(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(lambda match: _NOT_LINE_END.sub(" ", match.group()), text)
    return text


def _without_indented_code(markdown: str) -> str:
    lines: list[str] = []
    is_code, after_blank, in_list = False, True, False
    for line in markdown.splitlines(keepends=True):
        indented = line.startswith(("    ", "\t"))
        if not line.strip():
            after_blank = True
        else:
            in_list = bool(_LIST_ITEM.match(line)) or (in_list and line[0].isspace())
            is_code = indented and not in_list and (is_code or after_blank)
            after_blank = False
        lines.append(_NOT_LINE_END.sub(" ", line) if is_code else line)
    return "".join(lines)


def _with_paragraphs_ended(text: str, line_ends: list[int]) -> str:
    pieces: list[str] = []
    start = 0
    for end in line_ends:
        pieces.extend((text[start:end], PARAGRAPH))
        start = end + 1
    return "".join((*pieces, text[start:]))
