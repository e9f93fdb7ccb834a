"""Finding keywords without a corpus: YAKE where words have spaces between them, C-value where they have none."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version

from pipelines.contract import EngineUsed

YAKE_CODES = {"cs": "cz", "nb": "no", "nn": "no"}  # its stopword lists have names of their own
YAKE_LANGUAGES = frozenset(
    re.findall(
        r"\w+", "ar bg cs da de el en es et fa fi fr hi hr hu hy id it lt lv nb nl nn no pl pt ro ru sk sl sv tr uk"
    )
)
MAX_TERM_CHARACTERS = 8
MIN_OCCURRENCES = 2

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = re.compile(
    r"[\u0e01-\u0e3a\u0e40-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
_OPEN_END = re.compile(r"([^\s.!?:;,\u3002\uff01\uff1f])[ \t]*\n\s*\n")
# Particles and pronouns that begin or end no term.
_NO_TERM = frozenset(
    "的了是在和与及或就都而也不我你他她它们这那有会对于为以之其所被把从到让给但并很个上下中のはがをにでとももやへかなりるたてしい"
)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term and how strong it is beside the best one, which has 1."""

    text: str
    score: float


def find_keywords(text: str, language: str, count: int, max_words: int) -> tuple[list[Keyword], EngineUsed]:
    """At most ``count`` keywords of at most ``max_words`` words, best first, and what found them.

    In scripts without spaces a word is taken to have two characters.
    """
    unspaced = sum(map(len, _UNSPACED.findall(text)))
    if unspaced * 2 > sum(character.isalpha() for character in text):
        return _c_value(text, count, min(max_words * 2, MAX_TERM_CHARACTERS)), EngineUsed(
            "c-value", "repeated runs of characters"
        )
    return _yake(text, language, count, max_words), EngineUsed("yake", "statistics of the text itself", version("yake"))


def _yake(text: str, language: str, count: int, max_words: int) -> list[Keyword]:
    """YAKE's scores, lower being better, told as the best score's share of each (https://doi.org/10.1016/j.ins.2019.09.013)."""
    import yake

    extractor = yake.KeywordExtractor(lan=YAKE_CODES.get(language, language), n=max_words, top=count)
    found = [(str(term), float(score)) for term, score in extractor.extract_keywords(_ended(text))]
    if not found:
        return []
    least = min(score for _, score in found)
    return [Keyword(term, round(least / score, 4) if score > 0 else 1.0) for term, score in found]


def _ended(text: str) -> str:
    """The text with a full stop after each heading and paragraph that has none: no phrase runs across them."""
    return _OPEN_END.sub(r"\1.\n\n", text)


def _c_value(text: str, count: int, max_characters: int) -> list[Keyword]:
    """Repeated runs of characters, longer ones preferred, those that occur only inside others left out.

    C-value (Frantzi, Ananiadou and Mima 2000, https://doi.org/10.1007/s007999900023) over characters.
    """
    frequency = _runs(text, max_characters)
    inside: Counter[str] = Counter()  # how often a run occurs as part of a longer one
    holders: Counter[str] = Counter()  # in how many different longer ones
    for run, times in frequency.items():
        for part in (run[1:], run[:-1]):
            if part in frequency:
                inside[part] += times
                holders[part] += 1
    worth = {
        run: math.log2(len(run)) * (times - (inside[run] / holders[run] if holders[run] else 0))
        for run, times in frequency.items()
    }
    ranked = sorted((item for item in worth.items() if item[1] > 0), key=lambda item: (-item[1], item[0]))[:count]
    return [Keyword(run, round(value / ranked[0][1], 4)) for run, value in ranked]


def _runs(text: str, max_characters: int) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for stretch in _UNSPACED.findall(text):
        for length in range(2, max_characters + 1):
            counted.update(stretch[start : start + length] for start in range(len(stretch) - length + 1))
    return {
        run: times
        for run, times in counted.items()
        if times >= MIN_OCCURRENCES and run[0] not in _NO_TERM and run[-1] not in _NO_TERM
    }
