"""What the digits checkpoint is trained and measured on: digits that eSpeak NG says, with when each word begins."""

import ctypes
import multiprocessing
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import espeakng_loader
import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

RATE_HZ = 16_000
WORDS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
}
VOICES = {"en": ("en-us", "en"), "de": ("de",), "es": ("es", "es-419")}
VARIANTS = ("", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+m8")

# From espeak-ng's speak_lib.h, version 1.52.
OUTPUT_SYNCHRONOUS, CHARS_UTF8, PARAMETER_RATE, PARAMETER_PITCH, EVENT_END, EVENT_WORD = 2, 1, 1, 3, 0, 1
AUDIBLE = 0.005  # of full scale: what is quieter at a phrase's end is no longer the word


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Digits said in one breath: float32 samples of shape (n,) at ``RATE_HZ``, and when each word is said."""

    language: str
    digits: tuple[int, ...]
    samples: NDArray[np.float32]
    starts_s: tuple[float, ...]
    end_s: float

    @property
    def text(self) -> str:
        """The words as a transcript has them."""
        return " ".join(WORDS[self.language][digit] for digit in self.digits)

    def spans_s(self) -> list[tuple[float, float]]:
        """When each word begins and ends."""
        return list(zip(self.starts_s, (*self.starts_s[1:], self.end_s), strict=True))

    def faster(self, ratio: float) -> "Phrase":
        """The phrase played ``ratio`` times as fast, and so as high: another speaker, roughly."""
        there = np.arange(0, len(self.samples) - 1, ratio)
        samples = np.interp(there, np.arange(len(self.samples)), self.samples).astype(np.float32)
        return replace(
            self, samples=samples, starts_s=tuple(s / ratio for s in self.starts_s), end_s=self.end_s / ratio
        )


class Speaker:
    """eSpeak NG with what it tells of when each word begins."""

    def __init__(self) -> None:
        self._c = ctypes.CDLL(espeakng_loader.get_library_path())
        self._libc = ctypes.CDLL(None)
        self._rate_hz = self._c.espeak_Initialize(OUTPUT_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)

    def say(
        self,
        language: str,
        digits: Sequence[int],
        voice: str,
        words_a_minute: int = 160,
        pitch: int = 50,
        breath: int = 0,
    ) -> Phrase:
        """Have ``digits`` said by ``voice``; see ``sound``."""
        text = " ".join(WORDS[language][digit] for digit in digits)
        samples, starts_s = self.sound(text, voice, words_a_minute, pitch, breath)
        end = int(np.flatnonzero(np.abs(samples) > AUDIBLE)[-1]) + 1
        return Phrase(language, tuple(digits), samples[: end + RATE_HZ // 50], starts_s, end / RATE_HZ)

    def sound(
        self, text: str, voice: str, words_a_minute: int = 160, pitch: int = 50, breath: int = 0
    ) -> tuple[NDArray[np.float32], tuple[float, ...]]:
        """``text`` as said by ``voice``, at ``RATE_HZ``, and when each word begins, in seconds.

        ``pitch`` is in 0..100. The same ``breath`` makes the same sound.
        """
        self._libc.srand(breath)  # the noise of consonants comes from C's rand()
        pcm: list[bytes] = []
        starts_ms: list[int] = []

        def keep(samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
            if samples and count > 0:
                pcm.append(ctypes.string_at(samples, count * 2))
            at = 0
            while events[at].type != EVENT_END:
                if events[at].type == EVENT_WORD:
                    starts_ms.append(events[at].audio_position_ms)
                at += 1
            return 0

        callback = _CALLBACK(keep)
        self._c.espeak_SetSynthCallback(callback)
        self._c.espeak_SetVoiceByName(voice.encode())
        self._c.espeak_SetParameter(PARAMETER_RATE, words_a_minute, 0)
        self._c.espeak_SetParameter(PARAMETER_PITCH, pitch, 0)
        content = text.encode()
        self._c.espeak_Synth(content, len(content) + 1, 0, 1, 0, CHARS_UTF8, None, None)
        self._c.espeak_Synchronize()
        whole = np.frombuffer(b"".join(pcm), "<i2").astype(np.float32) / np.float32(32768)
        samples = resample_poly(whole, RATE_HZ, self._rate_hz).astype(np.float32)
        return samples, tuple(ms / 1000 for ms in starts_ms)


def recited(asked: Sequence[tuple[str, Sequence[int]]]) -> list[Phrase]:
    """The digits of each language said by its first voice, the same sound each time.

    What eSpeak NG says depends on everything it said before, so a process of its own says it.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        return alone.submit(_recite, asked).result()


def _recite(asked: Sequence[tuple[str, Sequence[int]]]) -> list[Phrase]:
    speaker = Speaker()
    return [speaker.say(language, digits, VOICES[language][0]) for language, digits in asked]


def phrases(speaker: Speaker, chance: random.Random) -> Iterator[Phrase]:
    """Phrases of one to eight digits by all voices, for ever."""
    while True:
        language = chance.choice(("en", "en", "de", "es"))
        digits = [chance.randrange(10) for _ in range(chance.randint(1, 8))]
        voice = chance.choice(VOICES[language]) + chance.choice(VARIANTS)
        pace, pitch, breath = chance.randint(110, 230), chance.randint(25, 75), chance.getrandbits(31)
        said = speaker.say(language, digits, voice, pace, pitch, breath)
        if len(said.starts_s) == len(digits):
            yield said
