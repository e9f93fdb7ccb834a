"""Pictures drawn for the tests, and a context to run pipelines on them."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from pipelines.contract import Context, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.standalone import standalone_context

AsSource = Callable[..., Source]

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"

TINY: dict[str, Any] = {  # Any: JSON
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "patch_size": 16},
        "text_cfg": {"context_length": 20, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "interpolation": "bilinear"},
}


@pytest.fixture(scope="session")
def models() -> BoundedModelCache:
    """Loaded models, shared by the tests of one process as they are by the jobs of one worker."""
    return BoundedModelCache()


@pytest.fixture
def context(tmp_path: Path, models: BoundedModelCache) -> Context:
    workdir = tmp_path / "work"
    workdir.mkdir()
    return replace(standalone_context(workdir, tmp_path / "models"), models=models)


@pytest.fixture
def as_source(tmp_path: Path) -> AsSource:
    """Saves a picture and gives it as a job's source; ``image_format`` and ``save`` go to Pillow."""

    def write(picture: Image.Image, image_format: str = "PNG", **save: object) -> Source:
        path = tmp_path / "source"
        picture.save(path, image_format, **save)
        return Source(path, "photo of ours", f"image/{image_format.lower()}", path.stat().st_size)

    return write


@pytest.fixture
def page() -> Image.Image:
    """Two rows, the second of two cells, in Pillow's own font."""
    page = Image.new("RGB", (900, 300), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(40)
    draw.text((40, 40), "Harbour office report", font=font, fill="black")
    draw.text((560, 186), "1284.50", font=font, fill="black")
    draw.text((40, 180), "Total due", font=font, fill="black")
    return page


@pytest.fixture
def tiny_weights(context: Context) -> Path:
    """Weights of timm's smallest transformer, where a user would put them: random, but each time the same.

    The tests share loaded models by their names, as a worker's jobs do.
    """
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    import torch
    from safetensors.torch import save_file

    path = context.models_dir / "timm" / "test_vit.safetensors"
    path.parent.mkdir(parents=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_file(timm.create_model("test_vit").state_dict(), path)
    return path


@pytest.fixture
def shapes_classifier(context: Context) -> str:
    """The name of a trained classifier that tells the drawings of ``checkpoints.drawn_shapes`` apart."""
    shutil.copytree(CHECKPOINTS / "shapes", context.models_dir / "timm" / "shapes")
    return "shapes"


@pytest.fixture
def tiny_clip(context: Context) -> Path:
    """A folder as the hub lays it out: random weights of a small model of two towers."""
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import torch
    from open_clip import CLIP
    from safetensors.torch import save_file

    folder = context.models_dir / "open-clip" / "tiny"
    folder.mkdir(parents=True)
    torch.manual_seed(3)
    save_file(CLIP(**TINY["model_cfg"]).state_dict(), folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps(TINY))
    return folder
