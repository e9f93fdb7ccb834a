"""What is asked of whoever speaks."""

from dataclasses import dataclass
from enum import StrEnum


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
class Speech:
    """What is to be said. ``speed`` 1.0 is the voice's natural one."""

    text: str
    language: str = "en"
    voice: Voice = Voice.DEFAULT
    speed: float = 1.0
