"""Finding a classifier's weights, and saying what is missing where there are none."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract import Context
from pipelines.engines.labelling import labelling_engines
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings, choose
from pipelines.errors import EngineUnavailable
from pipelines.standalone import standalone_context


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return standalone_context(tmp_path / "work", tmp_path / "models")


def save_model(folder: Path, config: dict[str, Any], **options: Any) -> None:  # Any: JSON, and timm's own options
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    save_file(timm.create_model("test_vit", **options).state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config))


def test_missing_weights_are_named_with_where_to_put_them(tmp_path: Path) -> None:
    surroundings = Surroundings(tmp_path, NoNetwork())

    with pytest.raises(EngineUnavailable) as missing:
        choose(labelling_engines("vit_tiny_patch16_224"), surroundings)

    assert "vit_tiny_patch16_224.safetensors" in missing.value.message
    assert "huggingface.co cannot be reached" in missing.value.message


@pytest.mark.parametrize("place", ["vit_tiny.safetensors", "vit_tiny/model.safetensors"])
def test_weights_in_either_layout_make_the_engine_available(tmp_path: Path, place: str) -> None:
    path = tmp_path / "timm" / place
    path.parent.mkdir(parents=True)
    path.touch()

    choice = choose(labelling_engines("vit_tiny"), Surroundings(tmp_path, NoNetwork()))

    assert choice.engine.name == "timm"


def test_pickled_weights_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / "timm").mkdir()
    (tmp_path / "timm" / "vit_tiny.pth").touch()

    with pytest.raises(EngineUnavailable):
        choose(labelling_engines("vit_tiny"), Surroundings(tmp_path, NoNetwork()))


@pytest.mark.engine
def test_model_of_ones_own_brings_its_label_names(context: Context) -> None:
    config = {"architecture": "test_vit", "label_names": ["cat", "dog", "harbour"]}
    save_model(context.models_dir / "timm" / "my_harbours", config, num_classes=3)
    labeller = labelling_engines("my_harbours")[0].make()("my_harbours", context)

    labels = labeller.label(Image.new("RGB", (90, 60)), 10)

    assert {label.label for label in labels} == {"cat", "dog", "harbour"}
    assert sum(label.score for label in labels) == pytest.approx(1)


@pytest.mark.engine
def test_arguments_that_the_hub_states_shape_the_network(context: Context) -> None:
    arguments = {"img_size": 64, "patch_size": 16, "depth": 1, "embed_dim": 96}
    stated = {"input_size": [3, 64, 64], "fixed_input_size": True}
    config = {"architecture": "test_vit", "model_args": arguments, "pretrained_cfg": stated}
    save_model(context.models_dir / "timm" / "smaller", config, num_classes=2, **arguments)
    labeller = labelling_engines("smaller")[0].make()("smaller", context)

    labels = labeller.label(Image.new("RGB", (90, 60)), 5)

    assert sorted(label.label for label in labels) == ["class 0", "class 1"]


@pytest.mark.engine
@pytest.mark.parametrize("arguments", [{"no_such_argument": 1}, {"embed_dim": 97}])
def test_arguments_that_fit_no_network_are_unavailable_with_a_reason(
    context: Context, arguments: dict[str, int]
) -> None:
    save_model(context.models_dir / "timm" / "odd", {"architecture": "test_vit", "model_args": arguments})

    with pytest.raises(EngineUnavailable, match="do not fit odd"):
        labelling_engines("odd")[0].make()("odd", context)


@pytest.mark.engine
@pytest.mark.parametrize("name", ["test_vit", "test_resnet", "test_efficientnet"])
def test_probabilities_are_those_of_timm_with_its_own_preprocessing(context: Context, name: str) -> None:
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    import torch
    from safetensors.torch import save_file
    from timm.data import create_transform, resolve_model_data_config

    model = timm.create_model(name).eval()
    path = context.models_dir / "timm" / f"{name}.safetensors"
    path.parent.mkdir(parents=True)
    save_file(model.state_dict(), path)
    picture = Image.effect_mandelbrot((300, 200), (-2, -1, 1, 1), 60).convert("RGB")
    pixels = create_transform(**resolve_model_data_config(model), is_training=False)(picture)
    with torch.inference_mode():
        expected = model(pixels[None]).softmax(-1)[0].topk(5).values.tolist()

    labels = labelling_engines(name)[0].make()(name, context).label(picture, 5)

    assert [label.score for label in labels] == pytest.approx(expected, rel=1e-4)


@pytest.mark.engine
def test_replaced_weights_are_used_by_the_next_run(context: Context) -> None:
    path = context.models_dir / "timm" / "mine"
    save_model(path, {"architecture": "test_vit", "label_names": ["cat", "dog"]}, num_classes=2)
    picture = Image.new("RGB", (90, 60))
    before = labelling_engines("mine")[0].make()("mine", context).label(picture, 5)
    shutil.rmtree(path)
    save_model(path, {"architecture": "test_vit", "label_names": ["bee", "ship", "harbour"]}, num_classes=3)

    after = labelling_engines("mine")[0].make()("mine", context).label(picture, 5)

    assert {label.label for label in before} == {"cat", "dog"}
    assert {label.label for label in after} == {"bee", "ship", "harbour"}


@pytest.mark.engine
def test_unknown_classes_are_numbered_rather_than_named_after_imagenet(context: Context) -> None:
    save_model(context.models_dir / "timm" / "test_vit", {}, num_classes=2)
    labeller = labelling_engines("test_vit")[0].make()("test_vit", context)

    labels = labeller.label(Image.new("RGB", (90, 60)), 1)

    assert labels[0].label in {"class 0", "class 1"}


@pytest.mark.engine
def test_stated_preprocessing_is_followed(context: Context) -> None:
    grey = Image.new("RGB", (90, 60), (128, 128, 128))
    for name, mean in (("plain", 0.5), ("shifted", 0.1)):
        config = {"architecture": "test_vit", "pretrained_cfg": {"mean": [mean] * 3}}
        save_model(context.models_dir / "timm" / name, config)
    (context.models_dir / "timm" / "shifted" / "model.safetensors").write_bytes(
        (context.models_dir / "timm" / "plain" / "model.safetensors").read_bytes()
    )

    plain, shifted = (labelling_engines(name)[0].make()(name, context).label(grey, 5) for name in ("plain", "shifted"))

    assert [label.score for label in plain] != [label.score for label in shifted]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("mode", "share", "seen"),
    [
        ("center", 1.0, (0.25, 0, 0.75, 1)),
        ("center", 0.5, (0.375, 0.25, 0.625, 0.75)),
        ("squash", 1.0, (0, 0, 1, 1)),
        ("border", 1.0, (0, -0.5, 1, 1.5)),
    ],
)
def test_attention_says_which_part_of_the_picture_was_seen(
    context: Context, mode: str, share: float, seen: tuple[float, ...]
) -> None:
    save_model(context.models_dir / "timm" / "mine", {"architecture": "test_vit", "crop_mode": mode, "crop_pct": share})
    picture = Image.effect_mandelbrot((200, 100), (-2, -1, 1, 1), 60).convert("RGB")

    attention = labelling_engines("mine")[0].make()("mine", context).attention(picture)

    assert attention.seen == pytest.approx(seen)


@pytest.mark.engine
@pytest.mark.parametrize("content", [b"", b'\x08\0\0\0\0\0\0\0{"a": 1}', b"not weights at all" * 10])
def test_broken_weights_are_unavailable_with_a_reason(context: Context, content: bytes) -> None:
    path = context.models_dir / "timm" / "test_vit.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    with pytest.raises(EngineUnavailable, match="do not fit test_vit"):
        labelling_engines("test_vit")[0].make()("test_vit", context)


@pytest.mark.engine
def test_name_that_timm_does_not_know_is_unavailable(context: Context) -> None:
    save_model(context.models_dir / "timm" / "no_such_model", {})

    with pytest.raises(EngineUnavailable, match="no_such_model"):
        labelling_engines("no_such_model")[0].make()("no_such_model", context)
