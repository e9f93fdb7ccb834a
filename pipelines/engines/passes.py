"""A pass of a model over several items: what is told of it, and finding whose fault it is when one fails as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeVar

from pipelines.engines.memory_running_out import give_back, ran_out_of_memory
from pipelines.engines.pass_bound import PassBound
from pipelines.errors import OutOfMemory

I = TypeVar("I")  # noqa: E741  an item
O = TypeVar("O")  # noqa: E741  what becomes of it


class PassKind(StrEnum):
    """By which engine and over what a pass goes; the names of models, which users choose, would be without number."""

    WHISPER_WINDOWS = "ctranslate2/windows"
    TIMM_LABELS = "timm/labels"
    TIMM_FEATURES = "timm/features"
    CLIP_PICTURES = "open-clip/pictures"
    CLIP_WORDS = "open-clip/words"
    BERT_TEXTS = "sentence-bert/texts"
    BERT_NAMES = "bert-ner/windows"


@dataclass(frozen=True, slots=True)
class PassDone:
    """One pass: how many items it took, and how long the first of them had waited, in seconds."""

    kind: PassKind
    size: int
    waited_s: float


NotePass: TypeAlias = Callable[[PassDone], None]
"""Takes note of a pass that was done: called between two of them, so it must not wait."""


def uncounted(_: PassDone) -> None:
    """Passes that nobody counts."""


def outcomes_of(
    work: Callable[[Sequence[I]], Sequence[O | Exception]],
    items: Sequence[I],
    bound: PassBound,
    weight_of: Callable[[I], int],
) -> list[O | Exception]:
    """What ``work`` makes of each item, in order: its outcome, or the exception that it is to raise.

    What it raises as a whole is not yet any item's fault: each half is done by itself, until it is known whose it is.
    ``bound`` remembers a pass that ran out of memory; where it was of one item alone, that is OutOfMemory.
    """
    try:
        with bound.watched(sum(weight_of(item) for item in items)):
            outcomes = list(work(items))
        if len(outcomes) != len(items):
            raise ValueError(f"{len(outcomes)} outcomes of {len(items)} items")
        return outcomes
    except Exception as error:  # whatever a model's library raises is the outcome of an item
        has_run_out, failed = ran_out_of_memory(error), error
        if has_run_out:  # what is kept must not keep the frames, and with them what filled the memory
            failed = OutOfMemory(f"there is not enough memory for a pass of this model now: {error}")
    if has_run_out:
        give_back()
    if len(items) == 1:
        return [failed]
    middle = len(items) // 2
    return [
        *outcomes_of(work, items[:middle], bound, weight_of),
        *outcomes_of(work, items[middle:], bound, weight_of),
    ]
