"""image.enhance: a picture made better to look at, by methods that add nothing that was not there."""

import importlib.metadata
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Result, Run, Source
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput
from pipelines.media.media_types import PICTURE_FORMATS
from pipelines.media.picture_header import MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.media.picture import Picture


MAX_SIDE_PX = {"jpeg": 65_500, "webp": 16_383}  # what libjpeg and libwebp can write


class EnhanceParams(Params):
    """What is done to a picture; 0 leaves a step out."""

    denoise: float = Field(0.0, title="Remove noise", description="0 leaves it, 1 smooths the most.", ge=0, le=1)
    contrast: float = Field(
        0.3, title="Local contrast", description="Brings out detail in shadows and glare.", ge=0, le=1
    )
    sharpen: float = Field(0.0, title="Sharpen", description="Makes edges steeper.", ge=0, le=1)
    upscale: float = Field(1.0, title="Enlarge", description="Times as many pixels a side.", ge=1, le=4)
    rotate_degrees: float = Field(
        0.0,
        title="Turn",
        description="Degrees clockwise, after the camera's own note of which side is up was followed.",
        ge=-180,
        le=180,
    )
    format: Literal["png", "jpeg", "webp"] = Field(
        "png", title="Format", description="png keeps every pixel; jpeg and webp are smaller."
    )
    quality: int = Field(90, title="Quality", description="Of jpeg and webp.", ge=1, le=100)


def enhanced_by(_: EnhanceParams, __: Surroundings) -> str:
    """What would enhance a picture now."""
    packages = ("scikit-image", "opencv-python-headless", "pillow", "pillow-heif")
    return made_by_packages("scikit-image", packages=packages)


@pipeline(
    name="image.enhance",
    title="Enhance a picture",
    lane=Lane.CPU,
    accepts=tuple(PICTURE_FORMATS),
    params=EnhanceParams,
    rank=3,
    time_limit_s=1800,  # removing noise takes 3 s a megapixel, of which there are 100 at most
    made_by=enhanced_by,
)
def enhance(sources: Sequence[Source], params: EnhanceParams, context: Context) -> Run:
    """Turn a picture upright, remove noise, raise local contrast, enlarge and sharpen it.

    Gives the picture, one of before and after side by side, and for both how sharp, how bright and how noisy they are.
    Transparent parts turn white. What the camera noted in the file, the place among it, is left behind.
    """
    from pipelines.media.picture import read_picture

    context.progress(0.0, "decoding")
    picture = read_picture(sources[0].path)
    _refuse_too_large(picture.upright, params)
    image, operations = picture.upright, [*_turned_upright(picture)]
    methods: list[str] = []
    for operation, method, apply in _steps(params, context):
        context.check()
        context.progress(0.05 + 0.2 * len(methods), operation)
        image = apply(image)
        operations.append(operation)
        methods.append(method)
    context.check()
    context.progress(0.8, "writing")
    yield _written(image, params, context.workdir)
    context.check()
    context.progress(0.9, "measuring")
    yield _beside(picture.upright, image, context.workdir)
    measured = {"before": _measured(picture.upright), "after": _measured(image)}
    body = {"width_px": image.width, "height_px": image.height, "operations": operations, **measured}
    version = importlib.metadata.version("scikit-image")
    return Result(body, EngineUsed("scikit-image", ", ".join(methods) or "none", version), picture.warnings)


Step = tuple[str, str, Callable[["Image"], "Image"]]  # what the user is told, the method's name, the doing


def _steps(params: EnhanceParams, context: Context) -> Iterator[Step]:
    from pipelines.media import retouching

    def told(share: float) -> None:
        context.check()
        context.progress(0.1 + 0.6 * share, "denoise")

    if params.denoise:  # first: turning and enlarging smear noise into what looks like texture
        yield f"denoise {params.denoise:g}", "nl_means", lambda image: retouching.denoised(image, params.denoise, told)
    if params.rotate_degrees:
        degrees = params.rotate_degrees
        yield f"turn {degrees:g} degrees", "rotate", lambda image: retouching.turned(image, degrees)
    if params.upscale > 1:
        yield f"enlarge {params.upscale:g} times", "lanczos", lambda image: retouching.upscaled(image, params.upscale)
    if params.contrast:
        yield (
            f"contrast {params.contrast:g}",
            "clahe",
            lambda image: retouching.with_contrast(image, params.contrast),
        )
    if params.sharpen:
        yield f"sharpen {params.sharpen:g}", "unsharp_mask", lambda image: retouching.sharpened(image, params.sharpen)


def _turned_upright(picture: "Picture") -> Iterator[str]:
    if picture.was_turned:
        yield "turn upright"


def _refuse_too_large(image: "Image", params: EnhanceParams) -> None:
    """Before any work is done: a turned picture needs paper of up to its diagonal a side."""
    turn = math.radians(params.rotate_degrees)
    width = params.upscale * (abs(image.width * math.cos(turn)) + abs(image.height * math.sin(turn)))
    height = params.upscale * (abs(image.width * math.sin(turn)) + abs(image.height * math.cos(turn)))
    size = f"the enhanced picture would have {width:.0f} x {height:.0f} pixels"
    if width * height > MAX_PIXELS:
        raise BadInput(f"{size}, more than {MAX_PIXELS / 1e6:g} million: enlarge it less", code="too_many_pixels")
    if max(width, height) > MAX_SIDE_PX.get(params.format, MAX_PIXELS):
        raise BadInput(f"{size}, more on one side than {params.format} can hold: choose png or enlarge it less")


def _written(image: "Image", params: EnhanceParams, workdir: Path) -> Output:
    path = workdir / f"enhanced.{params.format}"
    options = {"compress_level": 3} if params.format == "png" else {"quality": params.quality}
    image.save(path, params.format.upper(), **options)
    return Output(path.name, f"image/{params.format}", path)


def _beside(before: "Image", after: "Image", workdir: Path) -> Output:
    from pipelines.media.side_by_side import side_by_side

    path = workdir / "comparison.png"
    side_by_side(before, after).save(path, compress_level=3)
    return Output(path.name, "image/png", path)


def _measured(image: "Image") -> dict[str, Any]:  # Any: JSON
    """What enhancing is to change."""
    from pipelines.media import measurements

    return {
        "sharpness": measurements.sharpness(image),
        "exposure": measurements.exposure(image),
        "noise": measurements.noise(image),
    }
