"""Pictures drawn for the tests, and a context to run pipelines on them."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from support.tiny_vision import save_tiny_clip, save_tiny_vit

from pipelines.contract import Context, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.standalone import standalone_context

AsSource = Callable[..., Source]

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"


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
    """Weights of timm's smallest transformer, where a user would put them."""
    return save_tiny_vit(context.models_dir)


@pytest.fixture
def shapes_classifier(context: Context) -> str:
    """The name of a trained classifier that tells the drawings of ``checkpoints.drawn_shapes`` apart."""
    shutil.copytree(CHECKPOINTS / "shapes", context.models_dir / "timm" / "shapes")
    return "shapes"


@pytest.fixture
def joint_model(context: Context) -> str:
    """The name of a trained model that tells which phrases fit the drawings of ``checkpoints.drawn_scenes``."""
    shutil.copytree(CHECKPOINTS / "joint", context.models_dir / "open-clip" / "joint")
    return "joint"


@pytest.fixture
def tiny_clip(context: Context) -> Path:
    """A folder as the hub lays it out: random weights of a small model of two towers."""
    return save_tiny_clip(context.models_dir)
