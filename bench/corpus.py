"""A corpus that is known: documents of passages, and questions with what answers them, made of hand-written wordings.

`facts/*.txt` holds, for each language, who is told of, what may happen, and both once more in other words. Each of the
64 who (10 in German, Spanish and French) has a document in which each of the 48 events (12) happened to it; a passage
tells of one, with a name, a number or a sum that stands nowhere else, and a sentence that says nothing. So what answers
a question shares words with passages of the same event elsewhere, and with others of the same document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

FACTS = Path(__file__).parent / "facts"
LANGUAGES = ("en", "de", "es", "fr")
EXACT, SAME_DOCUMENT = 2, 1
MOST_NUMBERS = 20_000


class Sort(StrEnum):
    """How a question is worded."""

    SAME_WORDS = "same words"
    OTHER_WORDS = "other words"
    NAMES = "names and numbers"


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the document with this number; ``text`` is all there is to it."""

    number: int
    document: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the grades of the passages that answer it, by their numbers; what is not there answers nothing.

    A question that does not say whom it is about is answered by the exact passage alone.
    """

    text: str
    sort: Sort
    language: str
    grades: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, by what they are called, their passages in order, and the questions."""

    titles: Sequence[str]
    passages: Sequence[Passage]
    questions: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Wordings:
    """What one file of ``facts`` holds: lines of two or three wordings, and fillers."""

    subjects: Sequence[Sequence[str]]
    events: Sequence[Sequence[str]]
    details: Sequence[Sequence[str]]
    fillers: Sequence[str]


def made_corpus(seed: int, asked_of_each: int) -> Corpus:
    """The whole corpus, with ``asked_of_each`` English questions of each sort, and a tenth in each other language."""
    chance = Random(seed)
    fresh = _Fresh(iter(_names(chance)), iter(chance.sample(range(10_000, 100_000), MOST_NUMBERS)))
    titles: list[str] = []
    passages: list[Passage] = []
    questions: list[Asked] = []
    for language in LANGUAGES:
        wordings = read_wordings(language)
        told = list(_told(wordings, fresh, chance))
        first = len(passages)
        passages.extend(
            Passage(first + place, len(titles) + one.subject, language, one.text) for place, one in enumerate(told)
        )
        count = asked_of_each if language == "en" else asked_of_each // 10
        questions.extend(_asked(wordings, told, first, language, count, chance))
        titles.extend(subject for subject, _ in wordings.subjects)
    return Corpus(titles, passages, questions)


def read_wordings(language: str) -> Wordings:
    """The wordings of a language, by the headings of its file."""
    sections: dict[str, list[list[str]]] = {}
    for line in (FACTS / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines = sections.setdefault(line[2:].partition(":")[0], [])
        else:
            lines.append(line.split(" | "))
    fillers = [filler for [filler] in sections["fillers"]]
    return Wordings(sections["subjects"], sections["events"], sections["details"], fillers)


def _names(chance: Random) -> list[str]:
    """Every first name with every last name, shuffled."""
    firsts, _, lasts = (FACTS / "names.txt").read_text(encoding="utf-8").partition("\n\n")
    names = [f"{first} {last}" for first in firsts.split() for last in lasts.split()]
    chance.shuffle(names)
    return names


@dataclass(frozen=True, slots=True)
class _Fresh:
    """Names and numbers, each given out once."""

    names: Iterator[str]
    numbers: Iterator[int]

    def filled(self, *wordings: str) -> tuple[str, ...]:
        """The wordings with the same name, number or sum in each."""
        number = next(self.numbers)
        values = {"number": str(number), "amount": f"{number:,}", "phone": f"0{number // 100} {number * 7}"}
        if any("{name}" in wording for wording in wordings):
            values["name"] = next(self.names)
        return tuple(wording.format(**values) for wording in wordings)


@dataclass(frozen=True, slots=True)
class _Fact:
    subject: int
    event: int
    text: str
    question_of_detail: str


def _told(wordings: Wordings, fresh: _Fresh, chance: Random) -> Iterator[_Fact]:
    for subject, (called, _) in enumerate(wordings.subjects):
        for event, (statement, _, _) in enumerate(wordings.events):
            detail, question = fresh.filled(*chance.choice(wordings.details))
            told = statement.format(S=called)
            sentences = [told[0].upper() + told[1:], *chance.sample([detail, chance.choice(wordings.fillers)], 2)]
            yield _Fact(subject, event, " ".join(sentences), question)


def _asked(
    wordings: Wordings, told: Sequence[_Fact], first: int, language: str, count: int, chance: Random
) -> Iterator[Asked]:
    for sort in Sort:
        for place in chance.sample(range(len(told)), count):
            fact = told[place]
            exact = {first + place: EXACT}
            if sort is Sort.NAMES:
                yield Asked(fact.question_of_detail, sort, language, exact)
                continue
            _, same, other = wordings.events[fact.event]
            called, described = wordings.subjects[fact.subject]
            text = same.format(S=called) if sort is Sort.SAME_WORDS else other.format(S=described)
            near = {first + at: SAME_DOCUMENT for at, one in enumerate(told) if one.subject == fact.subject}
            yield Asked(text, sort, language, near | exact)
