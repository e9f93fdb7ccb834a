"""A picture's vector, by a CLIP-type model or a classifier, alone and several together."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract import Context, Item, Made, Source
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput, Cancelled, EngineUnavailable, PipelineError
from pipelines.image.embed import EmbedPictureParams, embed_many, embedded_by
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource

MODELS = {"comparer": "tiny", "classifier": "test_vit"}

MakeItem = Callable[..., Item]
Size = tuple[int, int]


@pytest.fixture
def picture() -> Image.Image:
    return Image.effect_mandelbrot((90, 60), (-2, -1, 1, 1), 60).convert("RGB")


@pytest.fixture
def make_item(tmp_path: Path, context: Context) -> MakeItem:
    """A function that makes a job of a batch from a picture, or from what is none."""

    def make(picture: Image.Image | bytes, **params: str) -> Item:
        workdir = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        workdir.mkdir()
        path = workdir / "source"
        if isinstance(picture, bytes):
            path.write_bytes(picture)
        else:
            picture.save(path, "PNG")
        source = Source(path, "photo of ours", "image/png", path.stat().st_size)
        return Item([source], EmbedPictureParams(**{**MODELS, **params}), replace(context, workdir=workdir))

    return make


def blocks_taken(embed: Callable[[], list[float]]) -> tuple[list[float], int]:
    """A vector, and how many blocks of up to 16 MiB Pillow's pictures took meanwhile."""
    Image.core.reset_stats()
    found = embed()
    return found, Image.core.get_stats()["allocated_blocks"]


def vector(made: Made | PipelineError) -> list[float]:
    assert isinstance(made, Made)
    (output,) = made.yielded
    [passage] = json.loads(output.path.read_text())["passages"]
    found: list[float] = passage["vector"]
    return found


@pytest.mark.engine
def test_vector_is_the_one_that_open_clip_gives(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_clip: Path
) -> None:
    import open_clip
    import torch

    model, prepare = open_clip.create_model_from_pretrained(f"local-dir:{tiny_clip}")
    with torch.inference_mode():
        expected = model.eval().encode_image(prepare(picture)[None], normalize=True)[0].tolist()

    finished = run_pipeline("image.embed", [as_source(picture)], MODELS, context)

    document = json.loads(finished.output("embeddings.json").path.read_text())
    assert finished.output("embeddings.json").media_type == "application/vnd.triptych.embedding+json"
    assert document["passages"][0]["vector"] == pytest.approx(expected, abs=1e-5)
    assert document["passages"][0]["text"] == "photo of ours"
    assert finished.result.body == {"model": "tiny", "dimensions": 16, "joint_with_text": True}
    assert (finished.result.engine.name, finished.result.warnings) == ("open-clip", ())


@pytest.mark.engine
def test_classifier_that_stands_in_gives_its_features_and_a_warning(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_weights: Path
) -> None:
    import timm
    import torch
    from safetensors.torch import load_file
    from timm.data import create_transform, resolve_model_data_config

    model = timm.create_model("test_vit").eval()
    model.load_state_dict(load_file(tiny_weights))
    model.reset_classifier(0)
    with torch.inference_mode():
        pixels = create_transform(**resolve_model_data_config(model), is_training=False)(picture)
        features = model(pixels[None])[0]
        expected = (features / features.norm()).tolist()

    finished = run_pipeline("image.embed", [as_source(picture)], MODELS, context)

    document = json.loads(finished.output("embeddings.json").path.read_text())
    assert document["passages"][0]["vector"] == pytest.approx(expected, abs=1e-5)
    assert finished.result.body["joint_with_text"] is False
    [warning] = finished.result.warnings
    assert "not with words" in warning
    assert "open-clip/tiny" in warning


@pytest.mark.engine
@pytest.mark.parametrize("weights", ["tiny_clip", "tiny_weights"])
@pytest.mark.parametrize(("line_px", "middle_px"), [((32_767, 1), (17, 1)), ((1, 32_767), (1, 17))])
def test_line_has_the_vector_of_its_middle_and_takes_no_more_memory(
    weights: str, line_px: Size, middle_px: Size, make_item: MakeItem, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(weights)
    colours = Image.effect_mandelbrot(middle_px, (-2, -1, 1, 1), 60).convert("RGB")
    line = Image.new("RGB", line_px, "teal")
    line.paste(colours, ((line.width - colours.width) // 2, (line.height - colours.height) // 2))
    [middle, whole] = [make_item(colours), make_item(line)]
    of_middle, blocks = blocks_taken(lambda: vector(embed_many([middle])[0]))

    of_whole, blocks_of_whole = blocks_taken(lambda: vector(embed_many([whole])[0]))

    assert of_whole == pytest.approx(of_middle, abs=1e-5)
    assert blocks_of_whole <= blocks + 1  # the line itself, cut


@pytest.mark.engine
@pytest.mark.parametrize("weights", ["tiny_clip", "tiny_weights"])
def test_engine_that_the_result_names_was_told_before(
    weights: str, picture: Image.Image, as_source: AsSource, context: Context, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(weights)
    told = embedded_by(EmbedPictureParams(**MODELS), Surroundings(context.models_dir, context.network))

    finished = run_pipeline("image.embed", [as_source(picture)], MODELS, context)

    assert finished.result.engine.name in told.split()


def test_without_weights_each_engine_says_what_it_lacks(
    picture: Image.Image, as_source: AsSource, context: Context
) -> None:
    with pytest.raises(EngineUnavailable) as missing:
        run_pipeline("image.embed", [as_source(picture)], MODELS, context)

    assert "open-clip/tiny" in missing.value.message
    assert "test_vit.safetensors" in missing.value.message


@pytest.mark.engine
def test_bad_picture_fails_alone_and_its_neighbours_get_their_own_vectors(
    picture: Image.Image, make_item: MakeItem, tiny_clip: Path
) -> None:
    items = [make_item(picture), make_item(b"no picture"), make_item(Image.new("RGB", (40, 40), "teal"))]
    alone = [vector(embed_many([items[place]])[0]) for place in (0, 2)]

    first, broken, last = embed_many(items)

    assert isinstance(broken, BadInput)
    assert vector(first) == pytest.approx(alone[0], abs=1e-5)
    assert vector(last) == pytest.approx(alone[1], abs=1e-5)
    assert vector(first) != pytest.approx(vector(last), abs=1e-3)


@pytest.mark.engine
def test_jobs_of_other_models_in_one_batch_are_each_done_by_their_own(
    picture: Image.Image, make_item: MakeItem, tiny_clip: Path, tiny_weights: Path
) -> None:
    items = [make_item(picture), make_item(picture, comparer="absent"), make_item(picture)]

    made = embed_many(items)

    engines: list[Any] = [one.result.engine.name for one in made if isinstance(one, Made)]
    assert engines == ["open-clip", "timm", "open-clip"]


@pytest.mark.engine
def test_cancel_of_one_ends_the_batch(picture: Image.Image, make_item: MakeItem, tiny_clip: Path) -> None:
    def cancelled() -> None:
        raise Cancelled

    stopped = make_item(picture)
    items = [make_item(picture), replace(stopped, context=replace(stopped.context, check=cancelled))]

    with pytest.raises(Cancelled):
        embed_many(items)


@pytest.mark.engine
def test_frames_that_were_left_out_are_warned_of_alone_and_in_a_batch(
    picture: Image.Image, as_source: AsSource, context: Context, tiny_clip: Path
) -> None:
    source = as_source(picture, "GIF", save_all=True, append_images=[picture.transpose(Image.Transpose.ROTATE_180)])
    expected = ("The file holds several frames: only the first was used.",)

    alone = run_pipeline("image.embed", [source], MODELS, context)
    [together] = embed_many([Item([source], EmbedPictureParams(**MODELS), context)])

    assert alone.result.warnings == expected
    assert isinstance(together, Made)
    assert together.result.warnings == expected
