"""Speech Synthesis Markup: what is to be said, and where to pause (a subset of W3C's SSML 1.1)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from pipelines.errors import BadInput
from pipelines.media.delivery import PLAIN, Delivery, by_emphasis, by_prosody
from pipelines.media.reading_aloud import Sentence, sentences_of

# SSML 1.1 leaves the lengths to whoever speaks.
STRENGTHS_S = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.5}
LONGEST_BREAK_S = 20.0
ALL_BREAKS_S = 600.0  # of one text: ten kilobytes of breaks would be hours of silence
SPELLED = ("characters", "spell-out", "digits")
KNOWN = ("speak", "p", "s", "break", "sub", "say-as", "prosody", "emphasis", "lang")
JOINT_S = 0.05  # between two breaths of one sentence, where its delivery changes
ENDS_SENTENCE = re.compile(r"[.!?:;\u2026\u3002\uff01\uff1f]\W*$|\n\n\s*$")
# What XML lets stand before the first element. A DOCTYPE is refused, but by what reads it.
_OPENING = re.compile(r"\s*+(?:(?><\?.*?\?>|<!--.*?-->)\s*+)*+<(?:!DOCTYPE\s+)?(?:[\w.-]+:)?speak\b", re.DOTALL)
_TIME = re.compile(r"\+?(\d{1,6}(?:\.\d{1,3})?)(ms|s)")


@dataclass(frozen=True, slots=True)
class Markup:
    """The sentences that a markup says, and the elements whose text is said as if they were not there."""

    sentences: tuple[Sentence, ...]
    passed_over: tuple[str, ...]


def is_ssml(text: str) -> bool:
    """Whether it begins as SSML does, behind comments and the like, and whatever prefix its namespace has."""
    return _OPENING.match(text) is not None


def read_ssml(text: str, name: str) -> Markup:
    """What the SSML ``text`` says. Raises BadInput ``bad_ssml``, with line and column; a DOCTYPE is refused.

    Without one no entity can be declared, so nothing grows and nothing outside is read.
    """
    reader = _Reader(name)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise reader.refused(expat.ErrorString(error.code), error.lineno, error.offset + 1) from error
    return Markup(tuple(reader.sentences()), tuple(sorted(reader.passed_over)))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words said in one way, up to a break of ``pause_s``, or up to where they are said in another: then that is 0."""

    words: str
    pause_s: float
    delivery: Delivery

    def goes_on(self) -> bool:
        """Whether it ends within a sentence."""
        return bool(self.words.strip()) and not ENDS_SENTENCE.search(self.words)


@dataclass(slots=True)
class _Reader:
    """Gathers what is said between two breaks or in one way, and each break behind it."""

    name: str
    passed_over: set[str] = field(default_factory=set)
    said: list[_Stretch] = field(default_factory=list)
    parser: expat.XMLParserType = field(init=False)
    _prefix: str = ""  # of SSML's namespace: that of the first element, its colon included
    _words: list[str] = field(default_factory=list)
    _breaks_s: float = 0.0
    _open: list[str] = field(default_factory=list)  # an element, or how its text is to be said
    _delivery: list[Delivery] = field(default_factory=lambda: [PLAIN])  # of what stands around, then of each element

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._say

    def sentences(self) -> Iterator[Sentence]:
        """What was gathered, breaks made the pause of the sentence before them, or the silence before the first."""
        self._part("p")
        self._cut()
        waiting: Sentence | None = None
        breaks_s = 0.0  # behind the one that waits
        for stretch in self.said:
            for sentence in sentences_of(stretch.words):
                if waiting is None:
                    waiting = replace(sentence, delivery=stretch.delivery, silence_before_s=breaks_s)
                    breaks_s = 0.0
                elif not any(map(str.isalnum, sentence.text)):
                    waiting = replace(waiting, text=waiting.text + sentence.text, pause_s=sentence.pause_s)
                else:
                    yield replace(waiting, pause_s=breaks_s or waiting.pause_s)
                    waiting, breaks_s = replace(sentence, delivery=stretch.delivery), 0.0
            if waiting is not None and stretch.goes_on():
                waiting = replace(waiting, pause_s=JOINT_S)
            breaks_s += stretch.pause_s
        if waiting is not None:
            yield replace(waiting, pause_s=breaks_s or waiting.pause_s)

    def refused(self, why: str, line: int | None = None, column: int | None = None) -> BadInput:
        """The refusal of what stands where the parser is, or at ``line`` and ``column``, both from 1."""
        at_line = self.parser.CurrentLineNumber if line is None else line
        at_column = self.parser.CurrentColumnNumber + 1 if column is None else column
        return BadInput(f"{self.name!r} is no SSML, line {at_line}, column {at_column}: {why}", code="bad_ssml")

    def _refuse_doctype(self, *_: object) -> None:
        raise self.refused("a DOCTYPE is not taken: leave it out")

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self._open:
            self._begin(tag)
        tag = tag.removeprefix(self._prefix)
        if tag not in KNOWN:
            self.passed_over.add(tag)
        how = tag
        if tag == "break":
            self._break(self._pause_s(attributes))
        elif tag == "sub" and "silent" not in self._open:
            self._words.append(attributes.get("alias", ""))
            how = "silent"
        elif tag == "say-as" and attributes.get("interpret-as") in SPELLED:
            how = "spelled"
        self._part(tag)
        self._open.append(how)
        self._deliver(self._delivered(tag, attributes))

    def _begin(self, tag: str) -> None:
        prefix, colon, name = tag.rpartition(":")
        if name != "speak":
            raise self.refused(f"it begins with <{tag}>; begin with <speak>")
        self._prefix = prefix + colon

    def _end(self, tag: str) -> None:
        self._open.pop()
        self._part(tag.removeprefix(self._prefix))
        if self._delivery[-1] != self._delivery[-2]:
            self._cut()
        self._delivery.pop()

    def _deliver(self, delivery: Delivery) -> None:
        if delivery != self._delivery[-1]:
            self._cut()
        self._delivery.append(delivery)

    def _delivered(self, tag: str, attributes: Mapping[str, str]) -> Delivery:
        """How what stands in an element is said, inside of what stands around it."""
        outer = self._delivery[-1]
        try:
            if tag == "prosody":
                self.passed_over |= {
                    f"prosody {name}" for name in attributes if name not in ("rate", "pitch", "volume")
                }
                return by_prosody(attributes, outer)
            if tag == "emphasis":
                return by_emphasis(attributes, outer)
        except ValueError as error:
            raise self.refused(str(error)) from error
        language = attributes.get("xml:lang") if tag in ("lang", "p", "s") else None
        return replace(outer, language=language) if language else outer

    def _break(self, pause_s: float) -> None:
        self._breaks_s += pause_s
        if self._breaks_s > ALL_BREAKS_S:
            raise self.refused(f"its breaks are longer than {ALL_BREAKS_S / 60:g} minutes in all: shorten them")
        if pause_s:
            self._cut(pause_s)
        else:
            self._words.append(" ")  # it still stands between two words

    def _cut(self, pause_s: float = 0.0) -> None:
        self.said.append(_Stretch("".join(self._words), pause_s, self._delivery[-1]))
        self._words.clear()

    def _part(self, tag: str) -> None:
        if tag in ("p", "s"):
            self._words.append("\n\n")

    def _say(self, words: str) -> None:
        if "silent" in self._open:
            return
        self._words.append(" ".join("".join(words.split())) if "spelled" in self._open else words)

    def _pause_s(self, attributes: Mapping[str, str]) -> float:
        strength, time = attributes.get("strength", "medium"), attributes.get("time")
        if time is None:
            if strength not in STRENGTHS_S:
                raise self.refused(f"a break's strength is one of {', '.join(STRENGTHS_S)}, not {strength[:50]!r}")
            return STRENGTHS_S[strength]
        given = _TIME.fullmatch(time)
        length_s = float(given[1]) / (1000 if given[2] == "ms" else 1) if given else -1.0
        if not 0 <= length_s <= LONGEST_BREAK_S:
            raise self.refused(f"a break's time is like 500ms or 2s, at most {LONGEST_BREAK_S:g} s, not {time[:50]!r}")
        return length_s
