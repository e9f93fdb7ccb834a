"""gTTS: the voice of Google Translate. The text leaves the machine."""

from importlib.metadata import version
from pathlib import Path

from gtts import gTTS, gTTSError

from pipelines.contract import Context, EngineUsed, Source
from pipelines.engines.network import NOT_NOW_STATUSES
from pipelines.engines.speech import Speech
from pipelines.engines.spoken_languages import TONGUES
from pipelines.errors import BadInput, ServerAway, TransientFailure
from pipelines.media.sound import open_sound
from pipelines.media.sound_editing import encode, read_piece, write_wav
from pipelines.media.sound_formats import SoundFormat

TIMEOUT_S = 5.0  # of connecting and of every read
RATE_HZ = 24_000  # what Google sends


def speak_with_google(speech: Speech, target: Path, context: Context) -> EngineUsed:
    """Say ``speech`` into ``target``, a mono WAV file; see ``Speak``. Raises TransientFailure, ServerAway."""
    tongue = TONGUES[speech.language]
    fetched = target.with_suffix(".google.mp3")
    try:
        _fetch(speech, fetched, context)
        with open_sound(Source(fetched, fetched.name, "audio/mpeg", fetched.stat().st_size)) as sound:
            natural = read_piece(sound, context.check, rate_hz=RATE_HZ, channels=1)
    except BadInput as error:  # what came is no MP3
        raise TransientFailure(f"Google answered with something that is no sound: {error.message}") from error
    finally:
        fetched.unlink(missing_ok=True)
    if speech.speed == 1.0:
        write_wav(natural, target)
    else:
        slow = target.with_suffix(".natural.wav")
        write_wav(natural, slow)
        encode(slow, target, SoundFormat.WAV, context.check, tempo=speech.speed)
        slow.unlink()
    return EngineUsed("gtts", f"{tongue.google}@translate.google.{tongue.google_host}", version("gTTS"))


def _fetch(speech: Speech, target: Path, context: Context) -> None:
    tongue = TONGUES[speech.language]
    context.progress(None, "asking Google to speak")
    asked = gTTS(speech.text, lang=tongue.google, tld=tongue.google_host, lang_check=False, timeout=TIMEOUT_S)
    with target.open("wb") as file:
        try:
            for sound in asked.stream():
                file.write(sound)
                context.check()
        except gTTSError as error:
            raise _failure(error) from error
        except AssertionError as error:  # it asserts that there is something to pronounce
            raise TransientFailure(f"Google Translate did not speak: {error}") from error
        if not file.tell():
            raise TransientFailure("Google Translate answered without any sound")


def _failure(error: gTTSError) -> TransientFailure:
    """It tells an answer's status, and no answer by having none."""
    answer = error.rsp
    kind = ServerAway if answer is None or answer.status_code in NOT_NOW_STATUSES else TransientFailure
    return kind(f"Google Translate did not speak: {error}")
