"""OpenAI's Whisper, fed windows of samples: it never opens a file of the user's and never calls FFmpeg."""

import pickle
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import Any

import torch
import whisper
from whisper.tokenizer import get_tokenizer
from whisper.version import __version__ as whisper_version

from pipelines.contract import Context, EngineUsed, JsonObject
from pipelines.engines import model_size
from pipelines.engines.listening import Listening
from pipelines.engines.model_key import key_of
from pipelines.engines.whisper_weights import canonical, weights
from pipelines.errors import EngineUnavailable
from pipelines.media.transcript import Segment, Word, confidence_in
from pipelines.media.windows import Window

# Whisper's own rule: above this temperature the text is too wild to prompt the next window with.
PROMPT_TEMPERATURE = 0.5

HELD_TO_STORED = 2  # the published files hold float16, and load_model makes float32 of it

TURN_WAIT_S = 0.2  # between looks at whether a run that waits for the model was cancelled


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model and its lock: Whisper's decoder hangs its key-value cache on the model, so one call at a time."""

    model: Any
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self, check: Callable[[], None]) -> Iterator[Any]:
        """Have the model alone. ``check`` is called while waiting, and before every token and encoder layer.

        A window takes a large model many seconds on a CPU; what ``check`` raises ends it where it is.
        """
        while not self.lock.acquire(timeout=TURN_WAIT_S):
            check()
        watched = (self.model.decoder, *self.model.encoder.blocks)
        hooks = [module.register_forward_pre_hook(lambda *_: check()) for module in watched]
        try:
            yield self.model
        finally:
            for hook in hooks:
                hook.remove()
            self.lock.release()


class WhisperTranscriber:
    """Hears one recording. The language is settled by the first window with speech and kept from there on."""

    at_once = 1
    hears_beginnings = True

    def __init__(self, asked: Listening, context: Context) -> None:
        """Fetch the weights if need be and load them. Raises TransientFailure, EngineUnavailable, Cancelled."""
        path = weights(asked.size, context)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        context.progress(None, f"loading Whisper {asked.size}")
        self._loaded = context.models.get(
            key_of(f"whisper/{canonical(asked.size)}", [path], f"{path}:{device}"),
            lambda: load(path, device),
            size_bytes=lambda loaded: model_size.of_module(loaded.model),
            need_bytes=HELD_TO_STORED * model_size.of_files([path]),
        )
        self._models, self._check = context.models, context.check
        self._asked = asked
        self._language = asked.language
        self._prompt = asked.initial_prompt or None
        self.used = EngineUsed("openai-whisper", asked.size.value, whisper_version)

    @property
    def language(self) -> str:
        """The language's code; ``und`` until something was heard."""
        return self._language or "und"

    def hear(self, windows: Sequence[Window]) -> Iterator[Segment]:
        """Yield the segments of ``windows``; see ``Transcriber``."""
        for window in windows:
            yield from self._hear(window)

    def _hear(self, window: Window) -> Iterator[Segment]:
        with self._loaded.turn(self._check) as model:
            heard = self._models.with_relief(
                lambda: model.transcribe(
                    window.samples,
                    language=self._language,
                    task=self._asked.task.value,
                    initial_prompt=self._prompt,
                    beam_size=self._asked.beam if self._asked.beam > 1 else None,
                    word_timestamps=self._asked.word_times,
                    fp16=model.device.type == "cuda",
                )
            )
        segments = [segment for segment in heard["segments"] if segment["text"].strip()]
        if segments:
            self._language = heard["language"]
            self._prompt = heard["text"] if segments[-1]["temperature"] <= PROMPT_TEMPERATURE else None
        for segment in segments:
            words = tuple(_word(word, window) for word in segment.get("words", ()))
            yield Segment(
                window.moment_s(float(segment["start"])),
                window.moment_s(float(segment["end"]), is_end=True),
                segment["text"].strip(),
                confidence_in(words) if words else round(exp(segment["avg_logprob"]), 3),
                words,
            )

    def state(self) -> JsonObject:
        """The language settled on, and the text that the next window is prompted with: all there is."""
        return {"language": self._language, "prompt": self._prompt}

    def resume(self, state: JsonObject) -> None:
        """Go on as if the windows before had been heard here; see ``Transcriber``."""
        self._language, self._prompt = state["language"], state["prompt"]


def _word(word: Mapping[str, Any], window: Window) -> Word:  # Any: Whisper's own dictionaries
    start_s, end_s = window.moment_s(float(word["start"])), window.moment_s(float(word["end"]), is_end=True)
    return Word(word["word"].strip(), start_s, end_s, float(word["probability"]))


def load(path: Path, device: str) -> LoadedModel:
    """Load a checkpoint as weights only. Raises EngineUnavailable when the file holds no Whisper weights."""
    try:
        model = whisper.load_model(str(path), device=device)
    except (RuntimeError, KeyError, TypeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise EngineUnavailable(f"{path.name} holds no Whisper weights that can be loaded") from error
    with warnings.catch_warnings():  # Whisper never closes its vocabulary file; it is read once and then kept
        warnings.simplefilter("ignore", ResourceWarning)
        get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    return LoadedModel(model)
