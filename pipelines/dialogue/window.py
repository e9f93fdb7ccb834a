"""What of a conversation fits a model's window: the question, evidence by relevance, and the latest turns.

How many tokens a text has only its model's tokenizer knows, which is on the server. So they are estimated, on the high
side, and a tenth of the window is left free.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.dialogue.evidence import Evidence

CHARACTERS_A_TOKEN = 3.5  # of the Latin alphabet: English has 4 to 5, German and French 3 to 4
OTHERS_A_TOKEN = 2.0  # of other alphabets
MARGIN = 0.9
ANSWER_TOKENS = 1024
MESSAGE_TOKENS = 6  # what frames a message
CUT = "\n[...]\n"

# Scripts without spaces and what is beyond U+FFFF: a token each. Then the other alphabets.
_SINGLE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\U00010000-\U0010ffff]")
_OTHER = re.compile("[\u0250-\u0dff\u0f00-\u0fff\u10a0-\u177f\u1800-\u2dff\ufb00-\uffff]")

Ranked = Callable[[Sequence[Evidence]], Sequence[Evidence]]
"""The same pieces, those that fit the question best first."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as it is sent: ``message_id`` names it, ``role`` is user or assistant."""

    message_id: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is sent: ``evidence`` in its order, and ``turns`` before the question; ``older`` turns found no room."""

    question: str
    evidence: Sequence[Evidence]
    summary: str
    turns: Sequence[Said]
    older: Sequence[Said]
    answer_tokens: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wished:
    """What would be sent if there were room for all of it."""

    system: str
    question: str
    evidence: Sequence[Evidence]
    summary: str
    turns: Sequence[Said]


def tokens(text: str) -> int:
    """About how many tokens ``text`` has, rather more than less."""
    single, other = len(_SINGLE.findall(text)), len(_OTHER.findall(text))
    rest = len(text) - single - other
    return math.ceil(single + other / OTHERS_A_TOKEN + rest / CHARACTERS_A_TOKEN)


def fit(wished: Wished, window_tokens: int, ranked: Ranked) -> Fitting:
    """As much as a window of so many tokens holds.

    The question comes first, cut in its middle if it takes more than half of the room; then evidence, in half of what
    is left where turns want the other half; then the summary and the latest turns. Once a turn finds no room, only
    half of the room for turns is filled, so that the older ones are not summarised anew with each question.
    """
    answer_tokens = min(ANSWER_TOKENS, window_tokens // 4)
    room = int(window_tokens * MARGIN) - answer_tokens - tokens(wished.system) - 2 * MESSAGE_TOKENS
    question = shortened(wished.question, max(room // 2, 1))
    warnings = ("The question is longer than the model's window: its middle was left out.",)
    room -= tokens(question)
    evidence = _evidence(wished.evidence, room // 2 if wished.turns else room, ranked)
    room -= sum(map(cost_of, evidence))
    summary = shortened(wished.summary, max(room // 4, 0))
    room -= tokens(summary)
    turns = _latest(wished.turns, room)
    if len(turns) < len(wished.turns):
        turns = _latest(wished.turns, room // 2)
    older = wished.turns[: len(wished.turns) - len(turns)]
    return Fitting(
        question, evidence, summary, turns, older, answer_tokens, warnings if question != wished.question else ()
    )


def shortened(text: str, most_tokens: int) -> str:
    """``text`` without as much of its middle as takes it to ``most_tokens``; empty where that is none."""
    if (held := tokens(text)) <= most_tokens:
        return text
    kept = int(len(text) * max(most_tokens - tokens(CUT), 0) / held) // 2
    return f"{text[:kept]}{CUT}{text[-kept:]}" if kept else ""


def cost_of(piece: Evidence) -> int:
    """How many tokens a piece takes with its number and heading."""
    return tokens(piece.text) + tokens(piece.heading) + MESSAGE_TOKENS


def _evidence(pieces: Sequence[Evidence], room: int, ranked: Ranked) -> list[Evidence]:
    """All of them where there is room, else the best, in the order that they had."""
    if sum(map(cost_of, pieces)) <= room:
        return list(pieces)
    chosen: set[int] = set()
    for piece in ranked(pieces):
        if (cost := cost_of(piece)) <= room:
            room -= cost
            chosen.add(id(piece))
    return [piece for piece in pieces if id(piece) in chosen]


def _latest(turns: Sequence[Said], room: int) -> Sequence[Said]:
    """The last turns that fit, from a question on: many models' templates want a conversation to begin so."""
    first = len(turns)
    while first > 0 and (room := room - tokens(turns[first - 1].text) - MESSAGE_TOKENS) >= 0:
        first -= 1
    while first < len(turns) and turns[first].role != "user":
        first += 1
    return turns[first:]
