"""Where a classifier looked for the label it gives first, drawn over the picture."""

import json
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random
from statistics import mean

import numpy as np
import pytest
from checkpoints.drawn_shapes import SHAPES, Box, drawn
from PIL import Image
from support.scarce_memory import loaded, run_out

from pipelines.catalogue import catalogue
from pipelines.contract import Context
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.errors import OutOfMemory
from pipelines.standalone import Finished, run_pipeline
from tests.pipelines.image.conftest import AsSource

ROLLOUT = "gradient-weighted attention rollout"


def colour_of(finished: Finished) -> np.ndarray:
    """How far each pixel of the picture is from grey: what is cold is grey."""
    with Image.open(finished.output("attention.png").path) as picture:
        shown = np.asarray(picture.convert("RGB")).astype(int)
    return shown.max(axis=2) - shown.min(axis=2)


def density(colour: np.ndarray, box: Box) -> float:
    """How much more of the colour is inside of the box than if it were spread evenly."""
    left, top, right, bottom = box
    inside = colour[top:bottom, left:right]
    return float(inside.mean() / colour.mean())


def save_random(folder: Path, architecture: str, names: list[str], **arguments: object) -> None:
    """A folder as the hub lays it out, with random weights."""
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    torch.manual_seed(3)
    model = timm.create_model(architecture, num_classes=len(names), **arguments)
    save_file(model.state_dict(), folder / "model.safetensors")
    config = {"architecture": architecture, "model_args": arguments, "label_names": names}
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.engine
def test_heat_is_where_the_shape_is(as_source: AsSource, context: Context, shapes_classifier: str) -> None:
    random = Random(2)
    drawings = [drawn(random, shape, 96) for shape in SHAPES for _ in range(2)]
    params = {"classifier": shapes_classifier, "attention": True, "faces": False, "codes": False}

    densities = []
    for one in drawings:
        finished = run_pipeline("image.analyze", [as_source(one.picture)], params, context)
        densities.append(density(colour_of(finished), one.box))

    assert mean(densities) > 1.8
    assert all(density > 0.8 for density in densities)


@pytest.mark.engine
def test_heat_is_laid_where_the_classifier_saw_the_picture(
    as_source: AsSource, context: Context, shapes_classifier: str
) -> None:
    star = drawn(Random(4), "star", 96)
    wide = Image.new("RGB", (3 * 96, 96), "grey")
    wide.paste(star.picture, (96, 0))
    left, top, right, bottom = star.box

    finished = run_pipeline(
        "image.analyze", [as_source(wide)], {"classifier": shapes_classifier, "attention": True}, context
    )

    colour = colour_of(finished)
    assert colour.shape == (96, 3 * 96)
    assert colour[:, :96].max() == colour[:, 2 * 96 :].max() == 0
    assert density(colour, (left + 96, top, right + 96, bottom)) > 4
    assert finished.result.body["attention"] == {"label": "star", "method": ROLLOUT}


@pytest.mark.engine
def test_heat_on_a_strip_is_laid_on_its_middle(as_source: AsSource, context: Context, shapes_classifier: str) -> None:
    strip = Image.new("RGB", (40 * 24, 24), "grey")
    strip.paste(drawn(Random(4), "star", 96).picture.resize((24, 24)), (468, 0))

    finished = run_pipeline(
        "image.analyze", [as_source(strip)], {"classifier": shapes_classifier, "attention": True}, context
    )

    colour = colour_of(finished)
    assert colour[:, :460].max() == colour[:, 500:].max() == 0
    assert colour[:, 468:492].max() > 0


@pytest.mark.engine
def test_convolutional_network_is_shown_by_grad_cam(as_source: AsSource, context: Context) -> None:
    save_random(context.models_dir / "timm" / "harbours", "test_resnet", ["cat", "dog", "harbour", "tree"])
    source = as_source(Image.effect_mandelbrot((90, 60), (-2, -1, 1, 1), 60).convert("RGB"))

    finished = run_pipeline("image.analyze", [source], {"classifier": "harbours", "attention": True}, context)

    assert finished.result.body["attention"] == {
        "label": finished.result.body["labels"][0]["label"],
        "method": "Grad-CAM",
    }
    assert finished.output("attention.png").media_type == "image/png"
    colour = colour_of(finished)
    assert colour.shape == (60, 90)
    assert colour.max() > 100
    assert finished.result.warnings == ()


@pytest.mark.engine
def test_network_of_another_kind_gives_its_labels_and_a_warning(as_source: AsSource, context: Context) -> None:
    arguments = {"img_size": 32, "depth": 1, "embed_dim": 16, "num_heads": 2}
    save_random(context.models_dir / "timm" / "crossing", "xcit_nano_12_p16_224", ["harbour"], **arguments)
    source = as_source(Image.new("RGB", (90, 60)))

    finished = run_pipeline("image.analyze", [source], {"classifier": "crossing", "attention": True}, context)

    [warning] = finished.result.warnings
    assert warning.startswith("No attention was drawn (the network has neither")
    assert finished.result.body["labels"] == [{"label": "harbour", "score": 1.0}]
    assert finished.result.body["attention"] is None
    assert [output.name for output in finished.outputs] == ["analysis.json", "overlay.png"]


@pytest.fixture
def attend(as_source: AsSource, context: Context, shapes_classifier: str) -> Callable[[float], Finished]:
    """Draws a star's attention with a classifier for which memory has run out so many times."""

    def draw(times: float) -> Finished:
        cache = BoundedModelCache()
        ours, params = replace(context, models=cache), {"classifier": shapes_classifier, "attention": True}
        source = as_source(drawn(Random(4), "star", 96).picture)
        run_pipeline("image.analyze", [source], params, ours)
        run_out(loaded(cache, "timm").model.patch_embed, times, when=torch_keeps_gradients)
        return run_pipeline("image.analyze", [source], params, ours)

    return draw


def torch_keeps_gradients() -> bool:
    """Whether attention is looked for; labels need no gradients."""
    import torch

    return bool(torch.is_grad_enabled())


@pytest.mark.engine
def test_attention_that_runs_out_of_memory_is_looked_for_once_more(attend: Callable[[float], Finished]) -> None:
    finished = attend(1)

    assert finished.result.body["attention"] == {"label": "star", "method": ROLLOUT}
    assert finished.result.warnings == ()


@pytest.mark.engine
def test_attention_without_memory_is_a_failure_that_may_pass(attend: Callable[[float], Finished]) -> None:
    with pytest.raises(OutOfMemory, match="not enough memory"):
        attend(inf)


@pytest.mark.engine
def test_attention_needs_no_labels_to_be_asked_for(
    as_source: AsSource, context: Context, shapes_classifier: str
) -> None:
    source = as_source(drawn(Random(1), "cross").picture)
    params = {"classifier": shapes_classifier, "labels": 0, "attention": True}

    finished = run_pipeline("image.analyze", [source], params, context)

    assert (finished.parts, finished.result.body["labels"]) == ((), [])
    assert finished.result.body["attention"]["label"] == "cross"
    assert (finished.result.engine.name, finished.result.engine.model) == ("timm", "shapes")


def test_without_weights_no_attention_is_drawn_and_a_warning_says_why(as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("RGB", (90, 60)))

    finished = run_pipeline("image.analyze", [source], {"labels": 0, "attention": True}, context)

    [warning] = finished.result.warnings
    assert warning.startswith("No attention was drawn (timm: no weights of")
    assert finished.result.engine.name == "scikit-image"


def test_classifiers_weights_change_what_its_attention_is_made_by(tmp_path: Path) -> None:
    declared = catalogue()["image.analyze"]
    assert declared.made_by is not None
    params = declared.params.model_validate({"labels": 0, "attention": True, "classifier": "mine"})
    before = declared.made_by(params, Surroundings(tmp_path, NoNetwork()))
    (tmp_path / "timm").mkdir()
    (tmp_path / "timm" / "mine.safetensors").touch()

    after = declared.made_by(params, Surroundings(tmp_path, NoNetwork()))

    assert "timm" in after.split()
    assert "timm" not in before.split()
