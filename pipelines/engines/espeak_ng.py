"""eSpeak NG through its C library: offline, small, and of one mind only, so one call at a time."""

import ctypes
import threading
from collections.abc import Callable, Iterator
from ctypes import c_char_p, c_int, c_size_t, c_ubyte, c_uint, c_void_p
from functools import cache
from itertools import count, takewhile
from math import log2
from pathlib import Path
from typing import Any

import espeakng_loader

from pipelines.contract import EngineUsed
from pipelines.engines.speech import Manner, Voice
from pipelines.engines.spoken_languages import TONGUES, tongue_of
from pipelines.errors import Cancelled, EngineUnavailable
from pipelines.media.delivery import PLAIN, Delivery

# From espeak-ng's speak_lib.h, version 1.52.
OUTPUT_SYNCHRONOUS = 2
CHARS_UTF8 = 1
PARAMETER_RATE = 1
PARAMETER_PITCH = 3
PARAMETER_RANGE = 4
EE_OK = 0
NATURAL_WORDS_A_MINUTE = 175
SLOWEST, FASTEST = 80, 450
NATURAL_PITCH = 50  # and natural range of it
GENDERS = {1: "male", 2: "female"}  # 0: not said

# text, its size, where to begin, in what unit, where to end (0: nowhere), flags, and two pointers we do not use
SYNTH_ARGUMENTS: tuple[Any, ...] = (c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint, c_void_p, c_void_p)

BYTES_A_SAMPLE = 2
_SYNTH_CALLBACK = ctypes.CFUNCTYPE(c_int, ctypes.POINTER(ctypes.c_short), c_int, c_void_p)


class EspeakSpeaker:
    """eSpeak NG in one voice; see ``Speaker``."""

    def __init__(self, manner: Manner, _: Path) -> None:
        """Raises EngineUnavailable when the library does not start."""
        self._library = loaded_library()
        self._speed = manner.speed
        self._variant = "" if manner.voice is Voice.DEFAULT else f"+{manner.voice}"
        self._voice = (TONGUES[manner.language].espeak or manner.language) + self._variant
        self.rate_hz = self._library.rate_hz
        self.used = EngineUsed("espeak-ng", self._voice, self._library.version)

    def cannot(self, delivery: Delivery) -> tuple[str, ...]:
        """See ``Speaker``: what is in a language that it does not speak is said in that of the rest."""
        language = delivery.language
        return () if language is None or self._spoken(language) else (f"eSpeak NG does not speak {language[:20]!r}",)

    def say(self, sentence: str, check: Callable[[], None], delivery: Delivery = PLAIN) -> bytes:
        """See ``Speaker``."""
        voice = (delivery.language and self._spoken(delivery.language)) or self._voice
        return b"".join(self._library.say(sentence, voice, self._speed * delivery.rate, check, delivery.pitch))

    def _spoken(self, language: str) -> str | None:
        """The voice for another language; None where there is none."""
        tongue = tongue_of(language)
        return tongue.espeak + self._variant if tongue and tongue.espeak else None


class _EspeakVoice(ctypes.Structure):
    """``espeak_VOICE``. ``languages`` points to entries of a byte of priority and a name, up to a zero byte."""

    _fields_ = (
        ("name", c_char_p),
        ("languages", c_void_p),
        ("identifier", c_char_p),
        ("gender", c_ubyte),
        ("age", c_ubyte),
        ("variant", c_ubyte),
        ("reserved", c_ubyte),
        ("score", c_int),
        ("spare", c_void_p),
    )

    def names(self) -> Iterator[str]:
        """The languages it is for, by code."""
        at = self.languages
        while at and ctypes.string_at(at, 1) != b"\0":
            name = ctypes.string_at(at + 1)
            yield name.decode()
            at += len(name) + 2


class EspeakLibrary:
    """The loaded C library. Its voice, rate and callback are global to the process: ``say`` holds a lock."""

    def __init__(self) -> None:
        """Load and initialise. Raises EngineUnavailable when that fails."""
        try:
            self._c = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise EngineUnavailable(f"eSpeak NG's library cannot be loaded: {error}") from error
        self._lock = threading.Lock()
        self._c.espeak_Info.restype = c_char_p
        self._c.espeak_Synth.argtypes = SYNTH_ARGUMENTS
        self._c.espeak_ListVoices.argtypes = (c_void_p,)
        self._c.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_EspeakVoice))
        folder = espeakng_loader.get_data_path().encode()
        self.rate_hz: int = self._c.espeak_Initialize(OUTPUT_SYNCHRONOUS, 0, folder, 0)
        if self.rate_hz <= 0:
            raise EngineUnavailable("eSpeak NG does not start: its voices are missing")
        self.version = self._c.espeak_Info(None).decode().split()[0]

    def say(
        self, text: str, voice: str, speed: float, check: Callable[[], None], pitch: float = 1.0
    ) -> Iterator[bytes]:
        """Yield the sound of ``text``: 16-bit mono at ``rate_hz``, ``pitch`` times as high as the voice is.

        Raises EngineUnavailable for an unknown voice.
        """
        heard: list[bytes] = []
        stopped: list[Cancelled] = []

        def keep(samples: "ctypes._Pointer[ctypes.c_short]", heard_now: int, _events: int) -> int:
            try:
                check()
            except Cancelled as cancelled:  # it cannot pass through C
                stopped.append(cancelled)
                return 1
            if samples and heard_now > 0:
                heard.append(ctypes.string_at(samples, heard_now * BYTES_A_SAMPLE))
            return 0

        with self._lock:
            self._synthesize(text.encode(), voice, speed, pitch, _SYNTH_CALLBACK(keep))
        if stopped:
            raise stopped[0]
        yield from heard

    def languages(self) -> frozenset[str]:
        """The names by which each language's voice can be asked for."""
        with self._lock:
            return frozenset(name for voice in self._voices(None) for name in voice.names())

    def variants(self) -> dict[str, str | None]:
        """The gender of each variant that can be put upon a language's voice, by name; None where it has none."""
        every_variant = _EspeakVoice(languages=ctypes.cast(c_char_p(b"variant"), c_void_p))
        with self._lock:
            found = [(voice.identifier.decode(), voice.gender) for voice in self._voices(every_variant)]
        return {identifier.removeprefix("!v/"): GENDERS.get(gender) for identifier, gender in found}

    def _voices(self, wanted: "_EspeakVoice | None") -> "Iterator[_EspeakVoice]":
        listed = self._c.espeak_ListVoices(ctypes.byref(wanted) if wanted is not None else None)
        yield from (voice.contents for voice in takewhile(bool, map(listed.__getitem__, count())))

    def _synthesize(self, text: bytes, voice: str, speed: float, pitch: float, callback: Callable[..., int]) -> None:
        self._c.espeak_SetSynthCallback(callback)
        if self._c.espeak_SetVoiceByName(voice.encode()) != EE_OK:
            raise EngineUnavailable(f"eSpeak NG has no voice {voice!r}")
        words_a_minute = min(max(round(NATURAL_WORDS_A_MINUTE * speed), SLOWEST), FASTEST)
        self._c.espeak_SetParameter(PARAMETER_RATE, words_a_minute, 0)
        self._c.espeak_SetParameter(PARAMETER_PITCH, _pitch_step(pitch), 0)
        self._c.espeak_SetParameter(PARAMETER_RANGE, min(round(NATURAL_PITCH * pitch), 2 * NATURAL_PITCH), 0)
        if self._c.espeak_Synth(text, len(text) + 1, 0, 1, 0, CHARS_UTF8, None, None) != EE_OK:
            raise EngineUnavailable("eSpeak NG cannot speak this text")
        self._c.espeak_Synchronize()


def _pitch_step(pitch: float) -> int:
    """The number of a pitch to eSpeak NG: 50 is the voice's own, 0 an octave lower and 100 one higher (wavegen.c)."""
    return round(min(max(NATURAL_PITCH + NATURAL_PITCH * log2(pitch), 0), 2 * NATURAL_PITCH))


_loading = threading.Lock()  # two threads that load the library at once crash the process


def loaded_library() -> EspeakLibrary:
    """The one library of this process. Raises EngineUnavailable when it does not start."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> EspeakLibrary:
    return EspeakLibrary()
