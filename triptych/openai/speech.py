"""audio.speech: a text read aloud by ``audio.speak``, its sound given out as it is made.

https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

import wave
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from json import dumps
from struct import pack
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pipelines.engines.speech import Voice
from pipelines.media.sound_formats import SoundFormat
from triptych.openai.calls import Answer, BadCall, Brought, Call, Made, asked, valid_params
from triptych.openai.mp3_frames import frames
from triptych.openai.names import speaking_engine

PIPELINE = "audio.speak"
MOST_CHARACTERS = 4096  # as OpenAI's API has it; audio.speak itself takes more
RATE_HZ = 24_000  # of everything that OpenAI's API says
BYTES_A_SAMPLE = 2
JOINED = frozenset({SoundFormat.MP3, SoundFormat.WAV, SoundFormat.PCM})
"""The formats whose pieces, one after the other, are the whole: others are given out when all has been said."""
# Of people who are not here: the default voice speaks.
THEIR_VOICES = frozenset(
    ["alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"]
)
UNENDING = 0xFFFFFFFF  # the length of a WAV that is not known when its head is sent


class Form(StrEnum):
    """In what format the speech is wanted."""

    MP3 = "mp3"
    OPUS = "opus"
    AAC = "aac"
    FLAC = "flac"
    WAV = "wav"
    PCM = "pcm"


class StreamForm(StrEnum):
    """As sound, or as events that hold it."""

    AUDIO = "audio"
    SSE = "sse"


class SpeechRequest(BaseModel):
    """A text to be read aloud. ``instructions`` are taken and not used: no voice here could follow them."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(max_length=200)
    input: str = Field(max_length=MOST_CHARACTERS)
    voice: str = Field(max_length=100)
    response_format: Form = Form.MP3
    speed: float = 1.0
    instructions: str = ""
    stream_format: StreamForm = StreamForm.AUDIO


@dataclass(frozen=True, slots=True)
class Speech:
    """A call for speech."""

    call: Call
    form: SoundFormat
    are_events: bool

    @property
    def media_type(self) -> str:
        """Of the sound."""
        return "audio/pcm" if self.form is SoundFormat.PCM else self.form.media_type

    @property
    def output(self) -> str:
        """The name of the whole."""
        return f"speech.{self.form}"


def speech(body: object) -> Speech:
    """The job of a request. Raises BadCall."""
    wanted = asked(SpeechRequest, body)
    if not wanted.input.strip():
        raise BadCall("the text is empty: there is nothing to say", "input")
    form = SoundFormat(wanted.response_format)
    params = {
        "engine": speaking_engine(wanted.model),
        "voice": _voice(wanted.voice),
        "speed": wanted.speed,
        "format": form,
        "language": "auto",
        "input": "plain",
        "sample_rate_hz": RATE_HZ,
    }
    text = Brought("speech.txt", wanted.input.encode(), "text/plain")
    call = Call(PIPELINE, valid_params(PIPELINE, params, {}), lambda made: _told(made, form), (text,))
    return Speech(call, form, wanted.stream_format is StreamForm.SSE)


def _told(made: Made, form: SoundFormat) -> Answer:
    return Answer(made.output(f"speech.{form}"), form.media_type)


def _voice(name: str) -> Voice:
    if name in THEIR_VOICES:
        return Voice.DEFAULT
    try:
        return Voice(name)
    except ValueError:
        known = ", ".join([*sorted(THEIR_VOICES), *Voice])
        raise BadCall(f"there is no voice {name[:100]!r}; there are: {known}", "voice") from None


class Joined:
    """Sound put together of pieces as they come, and of the whole where pieces were missed."""

    def __init__(self, form: SoundFormat) -> None:
        self._form = form
        self._until_s = 0.0
        self._given = 0  # pieces
        self._number = 0  # of the last that came

    def add(self, told: Mapping[str, Any], piece: bytes) -> bytes:  # Any: JSON
        """What is to be sent of a ``piece``: nothing of one that was sent, by a speaker who then failed."""
        self._number = 1 if told["start_s"] == 0 else self._number + 1
        if self._number <= self._given:
            return b""
        head = _wav_head() if not self.has_begun and self._form is SoundFormat.WAV else b""
        self._given, self._until_s = self._number, float(told["end_s"])
        return head + _sound(piece, self._form, 0.0)

    @property
    def has_begun(self) -> bool:
        """Whether any piece was added."""
        return self._given > 0

    def rest(self, whole: bytes) -> bytes:
        """What of the ``whole`` is behind the pieces that were added; all of it where none was."""
        return _sound(whole, self._form, self._until_s) if self.has_begun else whole


def delta(sound: bytes) -> str:
    """An event that holds ``sound``."""
    return dumps({"type": "speech.audio.delta", "audio": b64encode(sound).decode()})


def done() -> str:
    """The last event; what it costs is told in no tokens here."""
    return dumps({"type": "speech.audio.done"})


def _sound(content: bytes, form: SoundFormat, from_s: float) -> bytes:
    """The sound in ``content`` from a moment on, without what stands before sound."""
    first = BYTES_A_SAMPLE * round(from_s * RATE_HZ)
    if form is SoundFormat.PCM:
        return content[first:]
    if form is SoundFormat.WAV:
        with wave.open(BytesIO(content)) as file:
            samples: bytes = file.readframes(file.getnframes())
        return samples[first:]
    begun_s, kept = 0.0, []
    for frame in frames(content):
        if begun_s >= from_s:
            kept.append(frame.content)
        begun_s += frame.duration_s
    return b"".join(kept)


def _wav_head() -> bytes:
    """The head of a mono WAV of unknown length (RIFF, as of Microsoft's and IBM's Multimedia Programming Interface)."""
    form = pack("<HHIIHH", 1, 1, RATE_HZ, RATE_HZ * BYTES_A_SAMPLE, BYTES_A_SAMPLE, 8 * BYTES_A_SAMPLE)
    return pack("<4sI4s4sI", b"RIFF", UNENDING, b"WAVE", b"fmt ", len(form)) + form + pack("<4sI", b"data", UNENDING)
