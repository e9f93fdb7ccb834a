"""What is asked of whoever speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipelines.contract import EngineUsed
from pipelines.media.delivery import PLAIN, Delivery


class Voice(StrEnum):
    """Whose voice: the language's own, or one of eSpeak NG's variants of it."""

    DEFAULT = "default"
    F1 = "f1"
    F2 = "f2"
    F3 = "f3"
    F4 = "f4"
    F5 = "f5"
    M1 = "m1"
    M2 = "m2"
    M3 = "m3"
    M4 = "m4"
    M5 = "m5"
    M6 = "m6"
    M7 = "m7"
    M8 = "m8"
    WHISPER = "whisper"
    CROAK = "croak"
    GRANDMA = "grandma"
    GRANDPA = "grandpa"


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is to be said. ``speed`` 1.0 is the voice's natural one."""

    language: str = "en"
    voice: Voice = Voice.DEFAULT
    speed: float = 1.0


class Speaker(Protocol):
    """Somebody who says one sentence after the other, all in the same voice."""

    @property
    def rate_hz(self) -> int:
        """Samples a second of what is said."""

    @property
    def used(self) -> EngineUsed:
        """The engine and the voice."""

    def cannot(self, delivery: Delivery) -> tuple[str, ...]:
        """What of ``delivery`` this speaker passes over, and why; its loudness is not the speaker's matter."""

    def say(self, sentence: str, check: Callable[[], None], delivery: Delivery = PLAIN) -> bytes:
        """The sound of ``sentence``, 16-bit mono; empty when nothing in it can be pronounced.

        Raises EngineUnavailable, TransientFailure and ServerAway, and what ``check`` raises.
        """


Hire = Callable[[Manner, Path], Speaker]
"""Get a speaker who speaks in this manner and may put files into this directory. Raises EngineUnavailable."""
