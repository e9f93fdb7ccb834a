"""Which model of this house answers to which name: our own names, and OpenAI's, which any client knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.audio.transcribe import TranscribeParams
from pipelines.engines.embedding import DEFAULT_MODEL
from pipelines.engines.selection import Capability
from pipelines.engines.whisper_weights import WhisperSize
from pipelines.models.present import Found
from triptych.openai.calls import UnknownModel

WHISPER = "whisper/"
DEFAULT_SIZE: WhisperSize = TranscribeParams.model_fields["size"].default
EMBED, MINILM = "embed/", "minilm/"
ESPEAK, GOOGLE = "espeak-ng/voices", "gtts"

ALIASES: Mapping[str, Capability] = {
    "whisper-1": Capability.TRANSCRIBE,
    "gpt-4o-transcribe": Capability.TRANSCRIBE,
    "gpt-4o-mini-transcribe": Capability.TRANSCRIBE,
    "gpt-4o-mini-transcribe-2025-12-15": Capability.TRANSCRIBE,
    "gpt-4o-transcribe-diarize": Capability.TRANSCRIBE,
    "gpt-transcribe": Capability.TRANSCRIBE,
    "tts-1": Capability.SPEAK,
    "tts-1-hd": Capability.SPEAK,
    "gpt-4o-mini-tts": Capability.SPEAK,
    "gpt-4o-mini-tts-2025-12-15": Capability.SPEAK,
    "text-embedding-3-small": Capability.EMBED,
    "text-embedding-3-large": Capability.EMBED,
    "text-embedding-ada-002": Capability.EMBED,
}
"""OpenAI's names, each answered by the best engine of what it can do and that engine's default model."""

# By its engine: what an alias leads to, as our own lists name it.
_OF_ENGINE = {
    "ctranslate2": f"{WHISPER}{DEFAULT_SIZE}",
    "openai-whisper": f"{WHISPER}{DEFAULT_SIZE}",
    "pocketsphinx": "pocketsphinx/en-us",
    "gtts": GOOGLE,
    "espeak-ng": ESPEAK,
    "minilm": f"{MINILM}{DEFAULT_MODEL}",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that may be asked for; ``root`` is what answers in its name, ``since`` when its files came, if known."""

    name: str
    root: str
    since: float = 0.0


def offered(found: Iterable[Found], engines: Iterable[tuple[str, str]], chat_model: str) -> list[Offered]:
    """The models that are here, by name. ``engines``: those that can run, as capability and name, best first."""
    best: dict[str, str] = {}
    for capability, engine in engines:
        if engine in _OF_ENGINE:
            best.setdefault(capability, _OF_ENGINE[engine])
    own = [
        Offered(one.name, one.name, _since(one.files))
        for one in found
        if one.files and one.name.startswith((WHISPER, EMBED, MINILM, ESPEAK))
    ]
    theirs = [Offered(alias, best[does]) for alias, does in ALIASES.items() if does in best]
    chat = [Offered(chat_model, chat_model)] if chat_model else []
    return sorted([*own, *theirs, *chat], key=lambda one: one.name)


def whisper_size(name: str) -> WhisperSize:
    """Which Whisper hears in the name of ``name``. Raises UnknownModel."""
    if ALIASES.get(name) is Capability.TRANSCRIBE:
        return DEFAULT_SIZE
    sizes = {f"{WHISPER}{size}": size for size in WhisperSize}
    if name not in sizes:
        raise UnknownModel(name, f"there are whisper-1 and {', '.join(sizes)}")
    return sizes[name]


def embedding_model(name: str) -> str:
    """Which model embeds in the name of ``name``, as ``text.embed`` takes it. Raises UnknownModel."""
    if ALIASES.get(name) is Capability.EMBED:
        return DEFAULT_MODEL
    if name.startswith((EMBED, MINILM)):
        return name.partition("/")[2]
    raise UnknownModel(name, f"there are text-embedding-3-small, {MINILM}{DEFAULT_MODEL} and {EMBED}NAME")


def speaking_engine(name: str) -> Literal["auto", "gtts", "espeak-ng"]:
    """Which engine of ``audio.speak`` speaks in the name of ``name``. Raises UnknownModel."""
    if ALIASES.get(name) is Capability.SPEAK:
        return "auto"
    if name == ESPEAK:
        return "espeak-ng"
    if name == GOOGLE:
        return "gtts"
    raise UnknownModel(name, f"there are tts-1, {ESPEAK} and {GOOGLE}")


def _since(files: Iterable[Path]) -> float:
    return max(path.stat().st_mtime for path in files)
