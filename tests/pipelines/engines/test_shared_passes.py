"""What several threads ask of one loaded model shares passes, and each gets what it would have got alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier, local

import numpy as np
import pytest
from checkpoints.spoken_digits import RATE_HZ, Phrase, recited
from PIL import Image
from support.tiny_vision import save_tiny_clip, save_tiny_vit

from pipelines.contract import Context
from pipelines.engines.embedding import embedder
from pipelines.engines.listening import Listening
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.passes import PassDone, PassKind
from pipelines.engines.whisper_weights import WhisperSize
from pipelines.media.windows import Window
from pipelines.standalone import standalone_context

pytestmark = pytest.mark.engine

THREADS, EACH = 6, 4
TEXTS = ["Bees live in colonies.", "a", "The ferry left at noon. " * 5, "word " * 90]
NAMES = ["Anna Meier lives in Berlin. ", "The port of Hamburg hired Otto. ", "Nobody is named here. "]
CHECKPOINT = Path(__file__).parents[2] / "checkpoints" / "entities"


@dataclass
class Scene:
    """A context whose models tell their passes."""

    context: Context
    passes: list[PassDone]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    passes: list[PassDone] = []
    models = BoundedModelCache(note_pass=passes.append)
    return Scene(standalone_context(tmp_path, tmp_path / "models", models), passes)


def at_once(ask: Callable[[int], object]) -> list[list[object]]:
    """What each thread got for its questions, all of them asking at the same time."""
    everybody = Barrier(THREADS)

    def asks(thread: int) -> list[object]:
        everybody.wait()
        return [ask(thread * EACH + number) for number in range(EACH)]

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(asks, range(THREADS)))


def one_by_one(ask: Callable[[int], object]) -> list[list[object]]:
    return [[ask(thread * EACH + number) for number in range(EACH)] for thread in range(THREADS)]


def picture(number: int) -> Image.Image:
    return Image.effect_mandelbrot((90, 60), (-2, -1, 1, 1 + number / 10), 60).convert("RGB")


def assert_shared(passes: list[PassDone], kind: PassKind) -> None:
    sizes = [one.size for one in passes if one.kind is kind]
    assert sum(sizes) == THREADS * EACH
    assert len(sizes) < THREADS * EACH


def test_pictures_of_several_threads_are_labelled_in_shared_passes(scene: Scene) -> None:
    from pipelines.engines.timm_classifier import TimmLabeller

    save_tiny_vit(scene.context.models_dir)
    labeller = TimmLabeller("test_vit", scene.context)

    def ask(number: int) -> list[float]:
        return [one.score for one in sorted(labeller.label(picture(number), 1000), key=lambda one: one.label)]

    alone = one_by_one(ask)
    scene.passes.clear()

    together = at_once(ask)

    assert np.allclose(together, alone, rtol=1e-3, atol=1e-6)
    assert_shared(scene.passes, PassKind.TIMM_LABELS)


def test_words_and_pictures_of_several_threads_are_compared_in_shared_passes(scene: Scene) -> None:
    from pipelines.engines.open_clip_comparer import OpenClipComparer

    save_tiny_clip(scene.context.models_dir)
    comparer = OpenClipComparer("tiny", scene.context)

    def ask(number: int) -> list[float]:
        fits = comparer.compare(picture(number), [f"harbour {number}"], "a photo of {}")
        return [fits[0].cosine]

    alone = one_by_one(ask)
    scene.passes.clear()

    together = at_once(ask)

    assert np.allclose(together, alone, atol=1e-5)
    assert_shared(scene.passes, PassKind.CLIP_PICTURES)
    assert_shared(scene.passes, PassKind.CLIP_WORDS)


class Gathering:
    """The check of ``runs`` runs at once: each goes on from its first when all of them have come so far."""

    def __init__(self, runs: int) -> None:
        self._everybody = Barrier(runs, timeout=60)
        self._own = local()

    def __call__(self) -> None:
        if not getattr(self._own, "has_come", False):
            self._own.has_come = True
            self._everybody.wait()


def test_windows_of_several_recordings_are_heard_in_one_pass(scene: Scene, digit_models: Path) -> None:
    from pipelines.engines.ct2_whisper import Ct2Transcriber

    phrases = recited([("en", (3, 1, 4)), ("de", (7, 2, 8)), ("es", (5, 0, 3)), ("en", (8, 5, 9))])
    context = replace(scene.context, models_dir=digit_models, check=Gathering(len(phrases)))

    def hear(phrase: Phrase) -> tuple[str, str]:
        transcriber = Ct2Transcriber(Listening(WhisperSize.TINY), context)
        [segment] = transcriber.hear([Window(0.0, np.pad(phrase.samples, RATE_HZ))])
        return transcriber.language, segment.text

    with ThreadPoolExecutor(len(phrases)) as jobs:
        heard = list(jobs.map(hear, phrases))

    assert heard == [(phrase.language, phrase.text) for phrase in phrases]
    assert [(one.kind, one.size) for one in scene.passes] == [(PassKind.WHISPER_WINDOWS, len(phrases))]


def test_texts_of_several_threads_are_embedded_in_shared_passes(scene: Scene) -> None:
    model, _, _ = embedder(scene.context)

    def ask(number: int) -> object:
        return model.encode([TEXTS[number % len(TEXTS)]], scene.context.check)[0]

    alone = one_by_one(ask)
    scene.passes.clear()

    together = at_once(ask)

    assert np.allclose(together, alone, atol=1e-5)
    assert_shared(scene.passes, PassKind.BERT_TEXTS)


def test_documents_of_several_threads_are_searched_for_names_in_shared_passes(scene: Scene) -> None:
    from pipelines.engines.bert_recogniser import BertRecogniser

    recogniser = BertRecogniser(CHECKPOINT, scene.passes.append)

    def ask(number: int) -> object:
        found = recogniser.recognise(NAMES[number % len(NAMES)])
        return [(entity.label, entity.start, entity.end) for _, entities in found for entity in entities]

    alone = one_by_one(ask)
    scene.passes.clear()

    together = at_once(ask)

    assert together == alone
    assert any(alone[0])
    assert_shared(scene.passes, PassKind.BERT_NAMES)


def test_windows_of_one_long_document_share_passes(scene: Scene) -> None:
    from pipelines.engines.bert_recogniser import BertRecogniser

    recogniser = BertRecogniser(CHECKPOINT, scene.passes.append)

    read = [until for until, _ in recogniser.recognise("".join(NAMES) * 200)]

    windows = len(read) - 1  # the end of the text is told by itself
    assert sum(one.size for one in scene.passes) == windows > len(scene.passes)


def test_texts_of_one_call_share_passes_by_their_length(scene: Scene) -> None:
    model, _, _ = embedder(scene.context)

    model.encode(["Bees live in colonies."] * 10 + ["word " * 90] * 3, scene.context.check)

    assert [one.size for one in scene.passes] == [10, 3]
