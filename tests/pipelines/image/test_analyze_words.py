"""How well words of the user's own fit a picture, by a CLIP-type model in the real format."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError
from support.scarce_memory import loaded, run_out

from pipelines.catalogue import catalogue
from pipelines.contract import Context
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.models_of_run import ModelsOfRun
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.errors import OutOfMemory
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource

WORDS = ["a cat", "a harbour", "blue paper"]


@pytest.fixture
def picture() -> Image.Image:
    return Image.effect_mandelbrot((90, 60), (-2, -1, 1, 1), 60).convert("RGB")


def expected(folder: Path, picture: Image.Image, phrases: list[str]) -> tuple[list[float], list[float]]:
    """Probabilities and cosines by open_clip used directly."""
    import open_clip
    import torch

    model, prepare = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    tokens = open_clip.get_tokenizer(f"local-dir:{folder}")(phrases)
    with torch.inference_mode():
        logits, _ = model.eval().get_logits(prepare(picture)[None], tokens)
        return logits[0].softmax(0).tolist(), (logits[0] / model.logit_scale.exp()).tolist()


@pytest.mark.engine
def test_words_are_scored_as_open_clip_scores_them(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_clip: Path
) -> None:
    params = {"labels": 0, "words": WORDS, "prompt": "a drawing of {}.", "comparer": "tiny"}
    scores, cosines = expected(tiny_clip, picture, [f"a drawing of {word}." for word in WORDS])

    finished = run_pipeline("image.analyze", [as_source(picture)], params, context)

    told = {fit["label"]: fit for fit in finished.result.body["words"]}
    assert [told[word]["score"] for word in WORDS] == pytest.approx(scores, abs=1e-4)
    assert [told[word]["cosine"] for word in WORDS] == pytest.approx(cosines, abs=1e-4)
    assert list(told) == sorted(told, key=lambda word: -told[word]["score"])
    assert (finished.result.engine.name, finished.result.engine.model) == ("open-clip", "tiny")
    assert finished.result.body["compared_by"] == {"name": "open-clip", "model": "tiny"}
    assert finished.result.warnings == ()


@pytest.mark.engine
def test_classifier_goes_before_the_comparer_comes_where_both_do_not_fit(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_weights: Path, tiny_clip: Path
) -> None:
    bound_bytes = (tiny_clip / "open_clip_model.safetensors").stat().st_size + 1000
    held: list[Mapping[str, int]] = []
    cache = BoundedModelCache(bound_bytes, observe=held.append)
    params = {"classifier": tiny_weights.stem, "words": WORDS, "comparer": "tiny"}

    with ModelsOfRun(cache, check=lambda: None) as models:
        finished = run_pipeline("image.analyze", [as_source(picture)], params, replace(context, models=models))

    assert {key.partition("@")[0] for now in held for key in now} == {"timm/test_vit", "open-clip/tiny"}
    assert max(sum(now.values()) for now in held) <= bound_bytes
    assert len(finished.result.body["labels"]) == 5
    assert len(finished.result.body["words"]) == 3


@pytest.mark.engine
def test_words_for_which_there_is_no_memory_are_no_answer_without_words(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_clip: Path
) -> None:
    cache, params = BoundedModelCache(), {"labels": 0, "words": WORDS, "comparer": "tiny"}
    ours, source = replace(context, models=cache), as_source(picture)
    run_pipeline("image.analyze", [source], params, ours)
    run_out(loaded(cache, "open-clip").model.visual, times=inf)

    with pytest.raises(OutOfMemory, match="not enough memory"):
        run_pipeline("image.analyze", [source], params, ours)


@pytest.mark.engine
def test_pickled_weights_that_hold_tensors_alone_are_read(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_clip: Path
) -> None:
    import torch
    from safetensors.torch import load_file

    safe = tiny_clip / "open_clip_model.safetensors"
    pickled = tiny_clip.with_name("pickled")
    tiny_clip.rename(pickled)
    torch.save(load_file(pickled / safe.name), pickled / "open_clip_pytorch_model.bin")
    (pickled / safe.name).unlink()
    params = {"labels": 0, "words": ["a cat"], "comparer": "pickled"}

    finished = run_pipeline("image.analyze", [as_source(picture)], params, context)

    assert [fit["score"] for fit in finished.result.body["words"]] == [1.0]


class Trap:
    """What runs code when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.sprung,)


@pytest.mark.engine
def test_pickle_that_runs_code_is_refused_with_a_warning(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_clip: Path, tmp_path: Path
) -> None:
    import torch

    (tiny_clip / "open_clip_model.safetensors").unlink()
    trapped = tiny_clip.rename(tiny_clip.with_name("trapped"))
    torch.save({"state_dict": Trap(tmp_path / "sprung")}, trapped / "open_clip_pytorch_model.bin")
    params = {"labels": 0, "words": WORDS, "comparer": "trapped"}

    finished = run_pipeline("image.analyze", [as_source(picture)], params, context)

    [warning] = finished.result.warnings
    assert "do not fit trapped" in warning
    assert finished.result.body["words"] == []
    assert not (tmp_path / "sprung").exists()


def test_without_weights_no_words_are_compared_and_a_warning_says_why(
    picture: Image.Image, as_source: AsSource, context: Context
) -> None:
    finished = run_pipeline("image.analyze", [as_source(picture)], {"labels": 0, "words": WORDS}, context)

    [warning] = finished.result.warnings
    assert "open-clip/ViT-B-32" in warning
    assert (finished.result.body["words"], finished.result.body["compared_by"]) == ([], None)
    assert finished.result.engine.name == "scikit-image"


@pytest.mark.parametrize(
    "params",
    [
        {"words": [""]},
        {"words": ["  "]},
        {"words": ["x" * 101]},
        {"words": [str(number) for number in range(51)]},
        {"prompt": "no place for the word"},
        {"prompt": "{} and {}"},
        {"comparer": "../elsewhere"},
        {"comparer": "hf-hub:someone/model"},
    ],
)
def test_words_that_no_model_can_be_asked_are_refused(
    params: dict[str, Any], picture: Image.Image, as_source: AsSource, context: Context
) -> None:
    with pytest.raises(ValidationError):
        run_pipeline("image.analyze", [as_source(picture)], params, context)


def test_words_weights_change_what_a_result_is_made_by(tmp_path: Path) -> None:
    declared = catalogue()["image.analyze"]
    assert declared.made_by is not None
    params = declared.params.model_validate({"words": WORDS})
    before = declared.made_by(params, Surroundings(tmp_path, NoNetwork()))
    folder = tmp_path / "open-clip" / "ViT-B-32"
    folder.mkdir(parents=True)
    (folder / "open_clip_model.safetensors").touch()

    after = declared.made_by(params, Surroundings(tmp_path, NoNetwork()))

    assert "open-clip" in after.split()
    assert "open-clip" not in before.split()
