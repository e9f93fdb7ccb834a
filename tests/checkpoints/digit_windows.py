"""Windows of sound for training the digits checkpoint: spoken phrases among noise, with the tokens to be learnt."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from checkpoints.spoken_digits import RATE_HZ, WORDS, Phrase
from numpy.typing import NDArray
from whisper.tokenizer import Tokenizer

TIMESTAMP_S = 0.02
LONGEST_S = 30.0
LEAST_PAUSE_S, MOST_PAUSE_S = 0.4, 2.5
NEAR_S = 0.1  # around a phrase's beginning or end: where to look for its time


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A window and what Whisper should write for it.

    ``samples``: float32 of shape (n,). ``learnt_from``: tokens before it are given, not learnt. ``look_s``: for each
    token, where in the window its sound is; None where that means nothing.
    """

    samples: NDArray[np.float32]
    tokens: tuple[int, ...]
    learnt_from: int
    look_s: tuple[tuple[float, float] | None, ...]


def example(chance: random.Random, bank: Sequence[Phrase], tokenizer: Tokenizer, window_s: float) -> Example:
    """A window of at most ``window_s`` seconds; one in thirty holds noise alone."""
    said = [] if chance.random() < 1 / 30 else _placed(chance, bank, window_s)
    samples = _mixed(chance, said, window_s)
    return _written(chance, said, samples, tokenizer)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    phrase: Phrase
    at_s: float


def _placed(chance: random.Random, bank: Sequence[Phrase], window_s: float) -> list[_Placed]:
    """Phrases of one language one after the other, until the window is full or chance ends it."""
    first = chance.choice(bank)
    at_s, placed = chance.choice((0.0, chance.uniform(0, 0.5), chance.uniform(0, 1.0))), []
    while True:
        phrase = first if not placed else _same_language(chance, bank, first.language)
        phrase = phrase.faster(chance.uniform(0.88, 1.14))
        if at_s + phrase.end_s > window_s - 0.1:
            return placed or [_Placed(_shortest(bank, first.language), 0.0)]
        placed.append(_Placed(phrase, at_s))
        at_s += phrase.end_s + chance.uniform(LEAST_PAUSE_S, MOST_PAUSE_S)
        if chance.random() < 0.12:
            return placed


def _same_language(chance: random.Random, bank: Sequence[Phrase], language: str) -> Phrase:
    while True:
        phrase = chance.choice(bank)
        if phrase.language == language:
            return phrase


def _shortest(bank: Sequence[Phrase], language: str) -> Phrase:
    return min((phrase for phrase in bank if phrase.language == language), key=lambda phrase: phrase.end_s)


def _mixed(chance: random.Random, said: Sequence[_Placed], window_s: float) -> NDArray[np.float32]:
    end_s = max((one.at_s + one.phrase.end_s for one in said), default=window_s) + chance.uniform(0.05, 1.0)
    samples = np.zeros(round(min(end_s, window_s) * RATE_HZ), np.float32)
    for one in said:
        begin = round(one.at_s * RATE_HZ)
        piece = one.phrase.samples[: len(samples) - begin]
        samples[begin : begin + len(piece)] += piece * np.float32(chance.uniform(0.5, 1.0))
    noise = np.random.default_rng(chance.getrandbits(32)).standard_normal(len(samples)).astype(np.float32)
    level = chance.choice((0.0, 10 ** chance.uniform(-4, -2.2)))
    return (samples * np.float32(10 ** chance.uniform(-0.7, 0.0)) + noise * np.float32(level)).clip(-1, 1)


def _written(
    chance: random.Random, said: Sequence[_Placed], samples: NDArray[np.float32], tokenizer: Tokenizer
) -> Example:
    language = said[0].phrase.language if said else "en"
    translated = bool(said) and language != "en" and chance.random() < 0.35
    timed = chance.random() < 0.65
    task = tokenizer.translate if translated else tokenizer.transcribe
    before = _prompt(chance, language, tokenizer)
    begin: list[int] = [*before, tokenizer.sot]
    begin += [tokenizer.to_language_token(language), task] + ([] if timed else [tokenizer.no_timestamps])
    tokens, look_s = list(begin), [None] * len(begin)
    told = replace_language(said, "en") if translated else said
    for one in told:
        for token, span_s in _phrase_tokens(one, tokenizer, timed=timed):
            tokens.append(token)
            look_s.append(span_s)
    if not said and chance.random() < 0.5:
        tokens[len(before) + 1 :] = [tokenizer.no_speech]  # told where the language would be
        return Example(samples, tuple(tokens), len(before) + 1, (None,) * len(tokens))
    tokens.append(tokenizer.eot)
    return Example(samples, tuple(tokens), len(before) + 1, (*look_s, None))


def replace_language(said: Sequence[_Placed], language: str) -> list[_Placed]:
    """The same digits in the same places, written in ``language``."""
    return [_Placed(replace(one.phrase, language=language), one.at_s) for one in said]


def _phrase_tokens(one: _Placed, tokenizer: Tokenizer, *, timed: bool) -> list[tuple[int, tuple[float, float] | None]]:
    begin_s, end_s = one.at_s, one.at_s + one.phrase.end_s
    made: list[tuple[int, tuple[float, float] | None]] = []
    for digit, (from_s, to_s) in zip(one.phrase.digits, one.phrase.spans_s(), strict=True):
        word = " " + WORDS[one.phrase.language][digit]
        made += [(token, (one.at_s + from_s, one.at_s + to_s)) for token in tokenizer.encode(word)]
    if not timed:
        return made
    return [
        (_stamp(tokenizer, begin_s), (begin_s - NEAR_S, begin_s + NEAR_S)),
        *made,
        (_stamp(tokenizer, end_s), (end_s - NEAR_S, end_s + NEAR_S)),
    ]


def _stamp(tokenizer: Tokenizer, at_s: float) -> int:
    return tokenizer.timestamp_begin + round(min(at_s, LONGEST_S) / TIMESTAMP_S)


def _prompt(chance: random.Random, language: str, tokenizer: Tokenizer) -> list[int]:
    """Now and then what was said before, which must not mislead."""
    if chance.random() > 0.25:
        return []
    words = " ".join(chance.choice(WORDS[language]) for _ in range(chance.randint(1, 12)))
    return [tokenizer.sot_prev, *tokenizer.encode(" " + words)]
