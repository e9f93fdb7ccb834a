"""Finding a classifier's weights, and saying what is missing where there are none."""

import json
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
