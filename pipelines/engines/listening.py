"""What is asked of whoever transcribes."""

from dataclasses import dataclass
from enum import StrEnum

from pipelines.engines.whisper_weights import WhisperSize


class Task(StrEnum):
    """What becomes of the words."""

    TRANSCRIBE = "transcribe"  # as they were said
    TRANSLATE = "translate"  # into English


@dataclass(frozen=True, slots=True)
class Listening:
    """What is asked of a transcriber. ``language`` None means: find out."""

    size: WhisperSize = WhisperSize.BASE
    language: str | None = None
    task: Task = Task.TRANSCRIBE
    initial_prompt: str = ""
    beam: int = 1  # how many ways of going on are followed at once
    word_times: bool = False
