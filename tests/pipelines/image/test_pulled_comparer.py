"""A published model that compares pictures with words comes from the hub by `models.pull`, and then does."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from support.hub_server import Repository, hub_of

from pipelines.contract import Context
from pipelines.engines.open_clip_weights import PUBLISHED, PublishedClip
from pipelines.errors import EngineUnavailable, TransientFailure
from pipelines.models.known import known_models
from pipelines.models.present import find_models
from pipelines.standalone import Finished, run_pipeline
from tests.pipelines.image.conftest import AsSource

SAFE, PICKLED, CONFIG = "open_clip_model.safetensors", "open_clip_pytorch_model.bin", "open_clip_config.json"
NAME, REPOSITORY = "open-clip/ViT-B-32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"


class Online:
    """A network on which everybody answers."""

    def reachable(self, host: str, port: int = 443) -> bool:
        return True


@pytest.fixture
def online(context: Context) -> Context:
    return replace(context, network=Online())


def pulled(files: Mapping[str, bytes], context: Context, patch: pytest.MonkeyPatch, altered: str = "") -> Finished:
    """What pulling gives from a hub that publishes ``files``."""
    published = Repository(REPOSITORY, files, frozenset({SAFE, PICKLED}), altered=frozenset({altered}))
    with hub_of(published) as hub:
        patch.setenv("HF_ENDPOINT", hub.url)
        return run_pipeline("models.pull", [], {"name": NAME}, context)


@pytest.mark.engine
def test_pulled_model_compares_words(
    tiny_clip: Path, online: Context, as_source: AsSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: (tiny_clip / name).read_bytes() for name in (CONFIG, SAFE)}

    result = pulled(files, online, monkeypatch).result
    params = {"labels": 0, "words": ["a cat", "a harbour"]}
    finished = run_pipeline("image.analyze", [as_source(Image.new("RGB", (90, 60)))], params, online)

    assert (result.body["files"], result.warnings) == ([SAFE, CONFIG], ())
    assert finished.result.body["compared_by"] == {"name": "open-clip", "model": "ViT-B-32"}
    assert len(finished.result.body["words"]) == 2


def test_pickled_weights_are_brought_where_there_are_no_others(
    online: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = pulled({CONFIG: b"{}", PICKLED: b"tensors"}, online, monkeypatch).result

    assert result.body["files"] == [PICKLED, CONFIG]
    assert find_models(online.models_dir)[NAME].size_bytes == len(b"{}tensors")


def test_repository_without_weights_is_told(online: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineUnavailable, match=f"{REPOSITORY} publishes no {PICKLED}"):
        pulled({CONFIG: b"{}"}, online, monkeypatch)

    assert find_models(online.models_dir)[NAME].files == []


def test_altered_weights_are_thrown_away(online: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransientFailure, match=f"{SAFE} .* SHA-256"):
        pulled({CONFIG: b"{}", SAFE: b"weights"}, online, monkeypatch, altered=SAFE)

    assert not (online.models_dir / "open-clip" / "ViT-B-32" / SAFE).exists()


def test_missing_model_is_told_with_the_command_that_brings_it(as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("RGB", (90, 60)))

    finished = run_pipeline("image.analyze", [source], {"labels": 0, "words": ["a cat"]}, context)

    [warning] = finished.result.warnings
    assert "triptych models pull open-clip/ViT-B-32" in warning


@pytest.mark.engine
@pytest.mark.parametrize("clip", PUBLISHED, ids=lambda clip: clip.name)
def test_memory_is_that_of_the_parameters_that_open_clip_would_make(clip: PublishedClip) -> None:
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import torch
    from open_clip import CLIP, get_model_config

    with torch.device("meta"):
        model = CLIP(**get_model_config(clip.name))

    assert 4 * sum(one.numel() for one in model.parameters()) == known_models()[f"open-clip/{clip.name}"].memory_bytes


@pytest.mark.engine
def test_repositories_are_those_that_open_clip_lists() -> None:
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    from open_clip import get_pretrained_cfg, list_pretrained_tags_by_model

    listed = {
        clip.name: {
            get_pretrained_cfg(clip.name, tag)["hf_hub"].rstrip("/") for tag in list_pretrained_tags_by_model(clip.name)
        }
        for clip in PUBLISHED
    }

    assert all(clip.repository in listed[clip.name] for clip in PUBLISHED)
