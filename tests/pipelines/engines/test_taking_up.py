"""How often a transcription is saved, and whose saves are taken up."""

from collections.abc import Iterator

import pytest

from pipelines.contract import EngineUsed, JsonObject
from pipelines.engines.taking_up import SAVE_EVERY_S, Heard, Notes, take_up
from pipelines.engines.transcription import Transcriber
from pipelines.media.transcript import Segment
from pipelines.media.windows import Window
from pipelines.standalone import MemoryCheckpoint

EAR = EngineUsed("ear", "left", "1")


class Deaf:
    """A transcriber that carries one word from window to window."""

    language = "und"

    def __init__(self, used: EngineUsed = EAR, carried: str = "nothing") -> None:
        self.used = used
        self.carried = carried

    def hear(self, window: Window) -> Iterator[Segment]:
        yield from ()

    def state(self) -> JsonObject:
        return {"carried": self.carried}

    def resume(self, state: JsonObject) -> None:
        self.carried = state["carried"]


def saved_by(transcriber: Transcriber, until_s: float) -> MemoryCheckpoint:
    checkpoint = MemoryCheckpoint()
    Notes(checkpoint, transcriber, iter((0.0, SAVE_EVERY_S)).__next__).heard(until_s)
    return checkpoint


def test_windows_are_saved_no_more_often_than_every_few_seconds() -> None:
    moments_s = iter((0.0, 1.0, SAVE_EVERY_S, SAVE_EVERY_S + 1, 2 * SAVE_EVERY_S, 4 * SAVE_EVERY_S))
    checkpoint = MemoryCheckpoint()
    notes = Notes(checkpoint, Deaf(), moments_s.__next__)

    saves = []
    for window in range(5):
        notes.heard(30.0 * (window + 1))
        saves.append(checkpoint.saves)

    assert saves == [0, 1, 1, 2, 3]


def test_same_engine_takes_up_with_what_it_carried() -> None:
    checkpoint = saved_by(Deaf(carried="a prompt"), until_s=60.0)
    fresh = Deaf()

    heard = take_up(checkpoint, fresh)

    assert heard == Heard(60.0, ())
    assert fresh.carried == "a prompt"


@pytest.mark.parametrize(
    "used", [EngineUsed("eye", "left", "1"), EngineUsed("ear", "right", "1"), EngineUsed("ear", "left", "2")]
)
def test_another_engine_model_or_version_begins_at_the_beginning(used: EngineUsed) -> None:
    checkpoint = saved_by(Deaf(carried="a prompt"), until_s=60.0)
    fresh = Deaf(used)

    heard = take_up(checkpoint, fresh)

    assert heard == Heard()
    assert fresh.carried == "nothing"


def test_first_run_begins_at_the_beginning() -> None:
    heard = take_up(MemoryCheckpoint(), Deaf())

    assert heard == Heard()
