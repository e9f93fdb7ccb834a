"""Where a transcription stands: put down now and then, for the run that comes after a worker's death."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from pipelines.checkpoint import Checkpoint
from pipelines.contract import JsonObject, Part
from pipelines.engines.transcription import Transcriber

# A save is a write to the database. Hearing goes on for seconds a window on a CPU, where this saves at nearly every
# one, and for a third of a second on a GPU, where it is one in fifteen. A dead worker's lease lasts longer than this.
SAVE_EVERY_S = 5.0
SAVE_VOICES_EVERY_S = 30.0  # up to 3 MB each time
FORM = 1  # of the saved state; another number means that another version of this file wrote it


@dataclass(frozen=True, slots=True)
class Heard:
    """Up to which second of the recording an earlier run had heard, and the parts it had yielded by then.

    ``voices``: what it had noted of the speakers' voices, to which it listens when it has heard everything.
    """

    until_s: float = 0.0
    parts: Sequence[Part] = ()
    voices: JsonObject | None = None


def take_up(checkpoint: Checkpoint, transcriber: Transcriber) -> Heard:
    """What an earlier run heard with the same engine, model and version, whose state ``transcriber`` takes over.

    Nothing, where another engine heard it: one transcript is not made by two.
    """
    saved = checkpoint.load()
    if saved is None or saved.state.get("heard_by") != _told(transcriber):
        return Heard()
    transcriber.resume(saved.state["transcriber"])
    return Heard(saved.state["until_s"], saved.parts, saved.state.get("voices"))


class Notes:
    """Saves after a window, once enough seconds have passed since the last time."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        transcriber: Transcriber,
        clock: Callable[[], float] = time.monotonic,
        until_s: float = 0.0,
    ) -> None:
        """``until_s``: up to where an earlier run had heard."""
        self._checkpoint = checkpoint
        self._transcriber = transcriber
        self._clock = clock
        self._until_s = until_s
        self._saved_at_s = clock()

    def heard(self, until_s: float) -> None:
        """Everything up to ``until_s`` seconds of the recording was heard and yielded."""
        self._until_s = until_s
        if self._is_due(SAVE_EVERY_S):
            self._save({})

    def listened_for_voices(self, state: Callable[[], JsonObject]) -> None:
        """All words were heard before; ``state`` tells what was noted of the voices since."""
        if self._is_due(SAVE_VOICES_EVERY_S):
            self._save({"voices": state()})

    def _is_due(self, every_s: float) -> bool:
        now_s = self._clock()
        if now_s - self._saved_at_s < every_s:
            return False
        self._saved_at_s = now_s
        return True

    def _save(self, voices: JsonObject) -> None:
        heard = {"until_s": self._until_s, "transcriber": self._transcriber.state()}
        self._checkpoint.save({"heard_by": _told(self._transcriber), **heard, **voices})


def _told(transcriber: Transcriber) -> JsonObject:
    return {**asdict(transcriber.used), "form": FORM}
