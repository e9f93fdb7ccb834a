"""Whisper on CTranslate2: the published weights, converted once, several windows at a time."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from math import exp
from pathlib import Path

from pipelines.contract import Context, EngineUsed, JsonObject
from pipelines.engines import model_size
from pipelines.engines.ct2_model import Ct2Whisper
from pipelines.engines.ct2_weights import folder_files, ready_folder
from pipelines.engines.ct2_windows import Answer, Asked
from pipelines.engines.listening import Listening
from pipelines.engines.model_key import key_of
from pipelines.engines.passes import NotePass
from pipelines.engines.whisper_decoding import Stretch, TimedWord
from pipelines.engines.whisper_weights import canonical
from pipelines.errors import EngineUnavailable
from pipelines.media.transcript import Segment, Word, confidence_in
from pipelines.media.windows import Window

UNDETERMINED = "und"  # ISO 639
PROMPT_TOKENS = 223  # half of the decoder's context, less the token that opens it
WORTH_HEARING_AGAIN_S = 0.5  # of a window whose text broke off; less holds no word


class Ct2Transcriber:
    """Hears one recording. The language is settled by the first window with speech and kept from there on.

    Windows do not hang together: none is prompted with the text of the one before, which is what lets them be decoded
    at once, and keeps a mistake from being repeated.
    """

    hears_beginnings = True

    def __init__(self, asked: Listening, context: Context) -> None:
        """Fetch and convert the weights if need be, and load them. Raises TransientFailure, EngineUnavailable."""
        folder = ready_folder(asked.size, context)
        context.progress(None, f"loading Whisper {asked.size}")
        self._model = context.models.get(
            key_of(f"whisper/{canonical(asked.size)}", folder_files(folder), str(folder)),
            lambda: load(folder, context.models.note_pass),
            size_bytes=lambda model: model.size_bytes,
            need_bytes=model_size.of_files([folder / "model.bin"]),
        )
        self._check = context.check
        self._asked = asked
        self._language = asked.language if self._model.is_multilingual else "en"
        tokenizer = self._model.tokenizer(None, asked.task.value)
        self._prompt = (
            tuple(tokenizer.encode(f" {asked.initial_prompt.strip()}")[-PROMPT_TOKENS:]) if asked.initial_prompt else ()
        )
        self.at_once = self._model.at_once
        self.used = EngineUsed("ctranslate2", asked.size.value, version("ctranslate2"))

    @property
    def language(self) -> str:
        """The language's code; ``und`` until something was heard."""
        return self._language or UNDETERMINED

    def hear(self, windows: Sequence[Window]) -> Iterator[Segment]:
        """Yield the segments of ``windows``; see ``Transcriber``."""
        left = list(windows)
        with self._model.batcher.taking_part():
            while left and self.language == UNDETERMINED:
                yield from self._heard([left.pop(0)])
            yield from self._heard(left)

    def _heard(self, windows: Sequence[Window]) -> list[Segment]:
        """The segments of ``windows``, in order; what a window's text leaves out is heard again by itself."""
        found: list[list[Segment]] = [[] for _ in windows]
        left = list(enumerate(windows))
        while left:
            answers = self._model.write([self._question(window) for _, window in left], self._check)
            rests = []
            for (number, window), answer in zip(left, answers, strict=True):
                found[number] += self._segments(window, answer)
                if answer.until_s < window.duration_s - WORTH_HEARING_AGAIN_S:
                    rests.append((number, window.rest(answer.until_s)))
            left = rests
        return [segment for row in found for segment in row]

    def _question(self, window: Window) -> Asked:
        asked = self._asked
        return Asked(window.samples, self._language, asked.task.value, self._prompt, asked.beam, asked.word_times)

    def _segments(self, window: Window, answer: Answer) -> Iterator[Segment]:
        if answer.written.is_silence:
            return
        tokenizer = self._model.tokenizer(answer.language, self._asked.task.value)
        for stretch, said in zip(answer.stretches, answer.words, strict=True):
            text = tokenizer.decode(list(stretch.tokens)).strip()
            if not text:
                continue
            self._language = self._language or answer.language
            start_s, end_s = _bounds(stretch, said)
            words = tuple(_word(one, window) for one in said)
            yield Segment(
                window.moment_s(start_s),
                window.moment_s(end_s, is_end=True),
                text,
                confidence_in(words) if words else round(exp(answer.written.mean_log_probability), 3),
                words,
            )

    def state(self) -> JsonObject:
        """The language settled on: all there is."""
        return {"language": self._language}

    def resume(self, state: JsonObject) -> None:
        """Go on as if the windows before had been heard here; see ``Transcriber``."""
        self._language = state["language"]


def load(folder: Path, note: NotePass) -> Ct2Whisper:
    """Load the model in ``folder``; ``note`` counts its passes. Raises EngineUnavailable when it holds none."""
    try:
        return Ct2Whisper(folder, note)
    except Exception as error:  # tokenizers raises nothing narrower
        first_line = str(error).partition("\n")[0]
        raise EngineUnavailable(
            f"{folder.name} holds no Whisper model that CTranslate2 can load: {first_line}"
        ) from error


def _bounds(stretch: Stretch, said: Sequence[TimedWord]) -> tuple[float, float]:
    """A segment's times: the decoder's own, held to its words' where those are known to be narrower."""
    if not said:
        return stretch.start_s, stretch.end_s
    start_s = max(stretch.start_s, min(said[0].start_s, stretch.end_s))
    return start_s, max(min(stretch.end_s, said[-1].end_s), start_s)


def _word(one: TimedWord, window: Window) -> Word:
    return Word(
        one.text.strip(), window.moment_s(one.start_s), window.moment_s(one.end_s, is_end=True), one.probability
    )
