"""Whisper run by CTranslate2: several windows at once, in int8 on a CPU and in bfloat16 on a GPU."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray
from tokenizers import Tokenizer as Vocabulary

from pipelines.engines.batching import Batcher
from pipelines.engines.ct2_windows import Again, Answer, Asked, alike
from pipelines.engines.pass_bound import DeviceMemory, PassBound
from pipelines.engines.passes import NotePass, PassKind
from pipelines.engines.whisper_decoding import (
    SAMPLES_A_TEMPERATURE,
    TEMPERATURES,
    TIME_STEP_S,
    Stretch,
    TimedWord,
    Written,
    best_of,
    stretches,
    with_punctuation,
)
from pipelines.media.sound import SPEECH_RATE_HZ

FRAMES, HOP = 3000, 160  # the encoder's window in frames, and a frame in samples: 10 ms
POSITIONS = 448  # of the decoder: half of them for the prompt; of the whole CTranslate2 lets half be written
MOST_INITIAL_SILENCE = 50  # steps of 20 ms: openai-whisper's bound on the first time in a window
CPU_BATCH, GPU_BATCH = 8, 64  # windows; beyond these one window takes as long as before
# A window of large-v3 in 16 bits: 20 heads' attention over 1500 steps twice, 90 MB each, and the decoder's keys and
# values, 448 steps of 1280 in 32 layers twice, 73 MB. CTranslate2 does not tell what a pass takes.
WINDOW_BYTES = 256 << 20
# Best first; each device takes the first that it has.
CPU_TYPES, GPU_TYPES = ("int8", "int8_float32", "float32"), ("bfloat16", "float16", "float32")
DEVICE_WEIGHS = {"int8": 1, "int8_float32": 1, "bfloat16": 2, "float16": 2, "float32": 4}  # bytes a weight


class Ct2Whisper:
    """The loaded model. Thread-safe: windows of all threads go through one batcher."""

    def __init__(self, folder: Path, note: NotePass) -> None:
        """Load the model in ``folder``; ``note`` counts its passes.

        Raises RuntimeError or ValueError when it holds none.
        """
        self.device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        wanted = GPU_TYPES if self.device == "cuda" else CPU_TYPES
        had = ctranslate2.get_supported_compute_types(self.device)
        self.precision = next(one for one in wanted if one in had)
        threads = 0 if self.device == "cuda" else len(os.sched_getaffinity(0))
        self._model = ctranslate2.models.Whisper(
            str(folder), self.device, compute_type=self.precision, intra_threads=threads
        )
        self._vocabulary = Vocabulary.from_file(str(folder / "tokenizer.json"))
        self._features = FeatureExtractor(feature_size=self._model.n_mels)
        self.at_once = GPU_BATCH if self.device == "cuda" else CPU_BATCH
        file_bytes = (folder / "model.bin").stat().st_size
        self.size_bytes = file_bytes * DEVICE_WEIGHS[self.precision] // DEVICE_WEIGHS["float16"]  # as it is stored
        bound = PassBound(self.at_once, _memory() if self.device == "cuda" else None, WINDOW_BYTES)
        self.batcher = Batcher[Asked, Answer | Again](
            self._answers, PassKind.WHISPER_WINDOWS, bound, key_of=alike, note=note
        )

    @property
    def is_multilingual(self) -> bool:
        """Whether it knows more than English."""
        return bool(self._model.is_multilingual)

    def tokenizer(self, language: str | None, task: str) -> Tokenizer:
        """The tokenizer for a language and a task."""
        return Tokenizer(self._vocabulary, self.is_multilingual, task, language or "en")

    def write(self, asked: Sequence[Asked], check: Callable[[], None]) -> list[Answer]:
        """What was said in each window, at the lowest temperature at which it may stand; of none, the likeliest.

        What is tried again shares passes with others that are, and holds up no window of another run.
        """
        answers = self.batcher.do(asked, check)
        while again := {at: one.asked for at, one in enumerate(answers) if isinstance(one, Again)}:
            for at, answer in zip(again, self.batcher.do(list(again.values()), check), strict=True):
                answers[at] = answer
        return [one for one in answers if isinstance(one, Answer)]

    def _answers(self, asked: Sequence[Asked]) -> list[Answer | Again | Exception]:
        encoded = self._model.encode(_view(self._mel(asked)))
        languages = self._languages(asked, encoded)
        tokenizers = [self.tokenizer(one, item.task) for one, item in zip(languages, asked, strict=True)]
        tries = [
            (*item.tries, one) for item, one in zip(asked, self._generated(asked, tokenizers, encoded), strict=True)
        ]
        written = [rows[-1] if rows[-1].is_good else best_of(rows) for rows in tries]
        cut = [
            stretches(one.tokens, tokenizer.timestamp_begin, len(item.samples) / SPEECH_RATE_HZ)
            for one, tokenizer, item in zip(written, tokenizers, asked, strict=True)
        ]
        words = self._words(asked, tokenizers, [found for found, _ in cut], encoded)
        return [
            Answer(language, one, found, said, until_s)
            if one.is_good or len(rows) == len(TEMPERATURES)
            else Again(replace(item, language=language, tries=rows))
            for item, language, rows, one, (found, until_s), said in zip(
                asked, languages, tries, written, cut, words, strict=True
            )
        ]

    def _mel(self, asked: Sequence[Asked]) -> NDArray[np.float32]:
        """Log-mel spectrograms: float32 of shape (windows, bands, 3000)."""
        return np.stack([self._window_mel(one.samples) for one in asked])

    def _window_mel(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        whole = np.pad(samples[: FRAMES * HOP], (0, max(FRAMES * HOP - len(samples), 0)))
        return np.asarray(self._features(whole, padding=0)[:, :FRAMES], np.float32)

    def _languages(self, asked: Sequence[Asked], encoded: Any) -> list[str]:  # Any: CTranslate2's own view
        if not self.is_multilingual:
            return ["en"] * len(asked)
        if all(one.language for one in asked):
            return [one.language or "" for one in asked]
        found = self._model.detect_language(encoded)
        return [one.language or likeliest[0][0].strip("<|>") for one, likeliest in zip(asked, found, strict=True)]

    def _generated(self, asked: Sequence[Asked], tokenizers: Sequence[Tokenizer], encoded: Any) -> list[Written]:
        prompts = [_prompt(one, tokenizer) for one, tokenizer in zip(asked, tokenizers, strict=True)]
        temperature = asked[0].temperature
        way: dict[str, Any] = {"beam_size": asked[0].beam}
        if temperature:
            way = {
                "beam_size": 1,
                "num_hypotheses": SAMPLES_A_TEMPERATURE,
                "sampling_topk": 0,
                "sampling_temperature": temperature,
            }
        results = self._model.generate(
            encoded,
            prompts,
            max_length=POSITIONS,
            return_scores=True,
            return_no_speech_prob=True,
            max_initial_timestamp_index=MOST_INITIAL_SILENCE,
            **way,
        )
        return [_told(one, tokenizer, temperature) for one, tokenizer in zip(results, tokenizers, strict=True)]

    def _words(
        self, asked: Sequence[Asked], tokenizers: Sequence[Tokenizer], found: Sequence[list[Stretch]], encoded: Any
    ) -> list[list[list[TimedWord]]]:
        """The words of each stretch of each window; none where their times were not asked for."""
        if not asked[0].word_times:
            return [[[] for _ in row] for row in found]
        texts = [[token for stretch in row for token in stretch.tokens] for row in found]
        frames = [min(len(one.samples) // HOP, FRAMES) for one in asked]
        aligned = self._model.align(encoded, tokenizers[0].sot_sequence, texts, frames)
        return [
            list(_timed(row, tokenizer, one)) for row, tokenizer, one in zip(found, tokenizers, aligned, strict=True)
        ]


def _memory() -> DeviceMemory | None:
    """What the device had left when the model was loaded: later it would lack what CTranslate2 keeps of passes.

    None where the torch that is here, which is asked for it, knows no CUDA.
    """
    from torch import cuda

    if not cuda.is_available():
        return None
    free_bytes = int(cuda.mem_get_info()[0])
    return DeviceMemory(lambda: free_bytes)


def _prompt(asked: Asked, tokenizer: Tokenizer) -> list[int]:
    return [*([tokenizer.sot_prev, *asked.prompt] if asked.prompt else []), *tokenizer.sot_sequence]


def _told(result: Any, tokenizer: Tokenizer, temperature: float) -> Written:  # Any: CTranslate2 ships no types
    likelihoods = [
        score * len(tokens) / (len(tokens) + 1)  # the score is a mean without the token that ends the text
        for score, tokens in zip(result.scores, result.sequences_ids, strict=True)
    ]
    best = max(range(len(likelihoods)), key=likelihoods.__getitem__)
    tokens = tuple(result.sequences_ids[best])
    text = tokenizer.decode(list(tokens)).strip()
    return Written(tokens, text, likelihoods[best], result.no_speech_prob, temperature)


def _timed(found: Sequence[Stretch], tokenizer: Tokenizer, aligned: Any) -> Iterator[list[TimedWord]]:
    """The words of each stretch, by where the path through the attention steps from their first token to the next's.

    Dynamic time warping over the attention of the heads that follow the sound, as openai-whisper has it.
    """
    path = np.array(aligned.alignments).reshape(-1, 2)
    steps = np.flatnonzero(np.diff(path[:, 0], prepend=-1))
    times_s = path[steps, 1] * TIME_STEP_S
    at = 0
    for stretch in found:
        said = []
        words, tokens = tokenizer.split_to_word_tokens([*stretch.tokens, tokenizer.eot])
        for word, held in zip(words[:-1], tokens[:-1], strict=True):
            ends = min(at + len(held), len(times_s) - 1)
            probability = float(np.mean(aligned.text_token_probs[at : at + len(held)]))
            said.append(TimedWord(word, float(times_s[at]), float(times_s[ends]), probability))
            at += len(held)
        yield with_punctuation(said)


def _view(features: NDArray[np.float32]) -> Any:
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(features))
