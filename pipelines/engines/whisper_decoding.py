"""What Whisper's decoder wrote for a window, made into segments: Whisper's own rules, whoever ran the decoder.

The rules and their constants are those of Radford et al. 2022 (https://arxiv.org/abs/2212.04356, section 4.5) and of
openai-whisper's ``transcribe``.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

TIME_STEP_S = 0.02  # between two of the tokens that stand for times
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
SAMPLES_A_TEMPERATURE = 5  # of which the likeliest is taken
TOO_REPETITIVE = 2.4  # bytes of text for each byte that it compresses to
TOO_UNLIKELY = -1.0  # mean of the tokens' log probabilities
LEAST_PROGRESS_S = 1.0  # of a pass over a window: a decoder that gets no further would be asked for ever
SILENCE = 0.6  # probability of the token that stands for no speech


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for a window: tokens without the prompt and the end, and how sure the decoder was of them."""

    tokens: tuple[int, ...]
    text: str
    mean_log_probability: float
    no_speech_probability: float
    temperature: float = 0.0

    @property
    def is_silence(self) -> bool:
        """Whether nothing was said: speech is unlikely, and so are the words."""
        return self.no_speech_probability > SILENCE and self.mean_log_probability < TOO_UNLIKELY

    @property
    def is_repetitive(self) -> bool:
        """Whether the decoder got stuck in a loop."""
        return repetition(self.text) > TOO_REPETITIVE

    @property
    def is_good(self) -> bool:
        """Whether it may stand; otherwise it is tried again at a higher temperature."""
        return self.is_silence or not (self.is_repetitive or self.mean_log_probability < TOO_UNLIKELY)


def repetition(text: str) -> float:
    """How many bytes of ``text`` there are for each byte of it compressed; speech has 1 to 2.4."""
    if not text:
        return 0.0
    raw = text.encode("utf-8")
    return len(raw) / len(zlib.compress(raw))


def best_of(tries: Sequence[Written]) -> Written:
    """The likeliest of those that are no loops, of all where each is one."""
    return max([one for one in tries if not one.is_repetitive] or tries, key=lambda one: one.mean_log_probability)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens of text between two moments of a window, in seconds from its beginning."""

    start_s: float
    end_s: float
    tokens: tuple[int, ...]


def stretches(tokens: Sequence[int], first_time: int, duration_s: float) -> tuple[list[Stretch], float]:
    """Cut ``tokens`` at the times they hold, the first of which is ``first_time``; and up to where that is complete.

    Where the decoder ended with a time and the beginning of the next stretch, or in the middle of one after others
    were closed, what is behind the last closed one is to be heard again; within the first second it stays as it is.
    """
    times = [at for at, token in enumerate(tokens) if token >= first_time]
    doubled = [second for first, second in pairwise(times) if second == first + 1]
    ends_with_one = len(tokens) >= 1 and tokens[-1] >= first_time and (len(tokens) < 2 or tokens[-2] < first_time)
    if not doubled:
        return _whole(tokens, times, first_time, duration_s), duration_s
    cuts = [0, *doubled, *([len(tokens)] if ends_with_one else [])]
    found = [_between(tokens[begin:end], first_time, duration_s) for begin, end in pairwise(cuts)]
    if ends_with_one:
        return found, duration_s
    until_s = min((tokens[doubled[-1] - 1] - first_time) * TIME_STEP_S, duration_s)
    if until_s >= LEAST_PROGRESS_S:
        return found, until_s
    open_text = tuple(token for token in tokens[doubled[-1] :] if token < first_time)
    return [*found, *([Stretch(until_s, duration_s, open_text)] if open_text else [])], duration_s


def _whole(tokens: Sequence[int], times: Sequence[int], first_time: int, duration_s: float) -> list[Stretch]:
    text = tuple(token for token in tokens if token < first_time)
    start_s = (tokens[times[0]] - first_time) * TIME_STEP_S if times and times[0] == 0 else 0.0
    last_s = (tokens[times[-1]] - first_time) * TIME_STEP_S if times else duration_s
    end_s = min(last_s, duration_s) if last_s > start_s else duration_s
    return [Stretch(min(start_s, end_s), end_s, text)] if text else []


def _between(tokens: Sequence[int], first_time: int, duration_s: float) -> Stretch:
    start_s, end_s = ((token - first_time) * TIME_STEP_S for token in (tokens[0], tokens[-1]))
    text = tuple(token for token in tokens if token < first_time)
    return Stretch(min(start_s, duration_s), min(max(end_s, start_s), duration_s), text)


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word with its space and punctuation, its place in a window in seconds, and how probable it was, in 0..1."""

    text: str
    start_s: float
    end_s: float
    probability: float


# openai-whisper's: marks that belong to the next word, and to the last.
OPENING = "\"'\u201c\u00bf([{-"
CLOSING = "\"'.\u3002,\uff0c!\uff01?\uff1f:\uff1a\u201d)]}\u3001"


def with_punctuation(words: Sequence[TimedWord]) -> list[TimedWord]:
    """Marks that were aligned by themselves joined to the words they belong to."""
    joined: list[TimedWord] = []
    for word in words:
        last = joined[-1] if joined else None
        is_closing = last is not None and word.text.strip() and word.text in CLOSING and not last.text.endswith(" ")
        is_after_opening = last is not None and last.text.startswith(" ") and last.text.strip() in (*OPENING,)
        if last is not None and (is_closing or is_after_opening):
            start_s, end_s = (word.start_s, word.end_s) if is_after_opening else (last.start_s, last.end_s)
            probability = word.probability if is_after_opening else last.probability
            joined[-1] = TimedWord(
                last.text + word.text.lstrip(" " if is_after_opening else ""), start_s, end_s, probability
            )
        else:
            joined.append(word)
    return joined
