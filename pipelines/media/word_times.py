"""Holding segments and their words to each other: a model tells the times of both, and the two need not agree."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from pipelines.media.transcript import Segment, Word

# As in openai-whisper's ``add_word_timestamps``: a word at either end that lasts so long beyond what the decoder says
# of the segment was aligned with the pause beside it, and a usual word lasts no longer than this.
OVERRUN_S = 0.5
USUAL_MOST_S = 0.7


def agreed(segments: Iterable[Segment]) -> Iterator[Segment]:
    """``segments`` none of which ends before it begins, with words one after another inside of theirs.

    A segment reaches from its first word to its last, but not back into the words of the one before it. A word that
    takes in the pause beside it is cut to a usual length.
    """
    said_until_s = 0.0
    for segment in segments:
        one = replace(segment, end_s=max(segment.end_s, segment.start_s))
        if one.words:
            one = _around_words(one, min(said_until_s, one.end_s))
            said_until_s = one.words[-1].end_s
        yield one


def _around_words(segment: Segment, least_s: float) -> Segment:
    words = _without_pauses(_in_order(segment.words, least_s), segment)
    start_s = max(min(segment.start_s, words[0].start_s), least_s)
    return replace(segment, start_s=start_s, end_s=max(segment.end_s, words[-1].end_s), words=tuple(words))


def _in_order(words: Sequence[Word], least_s: float) -> list[Word]:
    """``words`` none of which begins before ``least_s`` or the one before it, or ends behind the beginning of the next.

    The last may end whenever it likes.
    """
    begun: list[Word] = []
    for word in words:
        least_s = max(least_s, word.start_s)
        begun.append(replace(word, start_s=least_s, end_s=max(word.end_s, least_s)))
    ended = [replace(word, end_s=min(word.end_s, following.start_s)) for word, following in pairwise(begun)]
    return [*ended, begun[-1]]


def _without_pauses(words: Sequence[Word], segment: Segment) -> list[Word]:
    usual_s = min(median(word.end_s - word.start_s for word in words), USUAL_MOST_S)
    held = list(words)
    last = held[-1]
    if last.end_s > segment.end_s + OVERRUN_S:
        held[-1] = replace(last, end_s=max(segment.end_s, min(last.start_s + usual_s, last.end_s)))
    first = held[0]
    if first.start_s < segment.start_s - OVERRUN_S:
        held[0] = replace(first, start_s=min(segment.start_s, max(first.end_s - usual_s, first.start_s)))
    return held
