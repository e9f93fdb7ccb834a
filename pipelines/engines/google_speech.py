"""gTTS: the voice of Google Translate. The text leaves the machine."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

from gtts import gTTS, gTTSError

from pipelines.contract import EngineUsed, Source
from pipelines.engines.network import NOT_NOW_STATUSES
from pipelines.engines.speech import Manner
from pipelines.engines.spoken_languages import TONGUES, tongue_of
from pipelines.errors import BadInput, ServerAway, TransientFailure
from pipelines.media.delivery import PLAIN, Delivery
from pipelines.media.sound import open_sound
from pipelines.media.sound_editing import encode, read_piece, write_wav
from pipelines.media.sound_formats import SoundFormat

TIMEOUT_S = 5.0  # of connecting and of every read
RATE_HZ = 24_000  # what Google sends
POLL_S = 0.25  # how late a cancel is noticed
SLOWEST, FASTEST = 0.5, 2.0  # beyond, FFmpeg's atempo loses sounds
FIRST_WAIT_S = 1.0  # doubled after each failure of one sentence
PATIENCE_S = 60.0  # of all waits of one speech: then the house waits, or another engine speaks
TRIED_AGAIN = NOT_NOW_STATUSES | {HTTPStatus.INTERNAL_SERVER_ERROR}


class GoogleSpeaker:
    """Google's voice for a language; see ``Speaker``. A sentence that fails is tried again, ever later."""

    rate_hz = RATE_HZ

    def __init__(self, manner: Manner, workdir: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep`` waits for that many seconds."""
        self._tongue = TONGUES[manner.language]
        self._speed = manner.speed
        self._workdir = workdir
        self._sleep = sleep
        self._waited_s = 0.0
        self._has_spoken = False
        voice = f"{self._tongue.google}@translate.google.{self._tongue.google_host}"
        self.used = EngineUsed("gtts", voice, version("gTTS"))

    def cannot(self, delivery: Delivery) -> tuple[str, ...]:
        """See ``Speaker``: Google has one pitch; what is in a language it does not speak is said in the rest's."""
        passed_over = [] if delivery.pitch == 1 else ["Google's voice has one pitch"]
        if delivery.language is not None and not _google(delivery.language):
            passed_over.append(f"Google does not speak {delivery.language[:20]!r}")
        return tuple(passed_over)

    def say(self, sentence: str, check: Callable[[], None], delivery: Delivery = PLAIN) -> bytes:
        """See ``Speaker``."""
        if not any(map(str.isalnum, sentence)):
            return b""  # Google answers signs alone without any sound, as it does what it cannot speak
        failures = 0
        while True:
            try:
                mp3 = self._fetched(sentence, check, delivery)
            except gTTSError as error:
                wait_s = self._wait_s(error, failures)
                if wait_s is None:
                    raise _failure(error) from error
                failures += 1
                self._wait(wait_s, check)
            else:
                self._has_spoken = True
                return self._decoded(mp3, check, self._speed * delivery.rate)

    def _fetched(self, sentence: str, check: Callable[[], None], delivery: Delivery) -> bytes:
        """Google's MP3, fetched by a thread so that a cancel need not wait for its time-outs. Raises gTTSError."""
        language = (delivery.language and _google(delivery.language)) or self._tongue.google
        host = self._tongue.google_host  # the one that was found to answer
        asked = gTTS(sentence, lang=language, tld=host, lang_check=False, timeout=TIMEOUT_S)
        is_left = Event()
        thread = ThreadPoolExecutor(1)
        try:
            answer = thread.submit(_stream, asked, is_left)
            while True:
                check()
                try:
                    return answer.result(timeout=POLL_S)
                except NotYet:
                    continue
        finally:
            is_left.set()
            thread.shutdown(wait=False)

    def _wait_s(self, error: gTTSError, failures: int) -> float | None:
        """How long to wait before the next try; None when there is to be none.

        A server that has never answered is away, and the house knows how to wait for it; one that spoke a moment ago
        has stumbled.
        """
        answer = error.rsp
        if not self._has_spoken if answer is None else answer.status_code not in TRIED_AGAIN:
            return None
        told = "" if answer is None else answer.headers.get("Retry-After", "")
        wait_s = float(told) if told.isdecimal() else FIRST_WAIT_S * 2**failures
        # Every try counts for something, or a server that asks for none of it would be asked for ever.
        return wait_s if self._waited_s + max(wait_s, FIRST_WAIT_S) <= PATIENCE_S else None

    def _wait(self, wait_s: float, check: Callable[[], None]) -> None:
        self._waited_s += max(wait_s, FIRST_WAIT_S)
        while wait_s > 0:
            check()
            self._sleep(min(wait_s, POLL_S))
            wait_s -= POLL_S

    def _decoded(self, mp3: bytes, check: Callable[[], None], speed: float) -> bytes:
        """The samples of an MP3, at the speed that is asked for. Raises TransientFailure when it is none."""
        tempo = min(max(speed, SLOWEST), FASTEST)
        fetched = self._workdir / "google.mp3"
        fetched.write_bytes(mp3)
        try:
            piece = _read(fetched, "audio/mpeg", check)
            if tempo != 1.0:
                natural, fast = self._workdir / "google.wav", self._workdir / "google.fast.wav"
                write_wav(piece, natural)
                encode(natural, fast, SoundFormat.WAV, check, tempo=tempo)
                piece = _read(fast, "audio/wav", check)
        except BadInput as error:
            raise TransientFailure(f"Google answered with something that is no sound: {error.message}") from error
        return bytes(piece.raw_data)


def _google(language: str) -> str | None:
    tongue = tongue_of(language)
    return tongue.google if tongue else None


def _stream(asked: gTTS, is_left: Event) -> bytes:
    heard: list[bytes] = []
    for sound in asked.stream():
        heard.append(sound)
        if is_left.is_set():
            break
    return b"".join(heard)


def _read(path: Path, media_type: str, check: Callable[[], None]) -> Any:  # a pydub.AudioSegment, which ships no types
    with open_sound(Source(path, path.name, media_type, path.stat().st_size)) as sound:
        return read_piece(sound, check, rate_hz=RATE_HZ, channels=1)


def _failure(error: gTTSError) -> TransientFailure:
    """It tells an answer's status, and no answer by having none."""
    answer = error.rsp
    kind = ServerAway if answer is None or answer.status_code in NOT_NOW_STATUSES else TransientFailure
    return kind(f"Google Translate did not speak: {error}")
