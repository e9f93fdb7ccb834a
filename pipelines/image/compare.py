"""image.compare: how far two pictures of the same are apart, and where they differ."""

import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Result, Run, Source
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.media.differences import Changed

MOST_PIXELS = 4_000_000  # compared at once: CIEDE2000 takes a second a megapixel
MOST_ASPECT_APART = 0.02  # of the ratio of the sides: rounding of a reduced copy stays below, a cut does not
METHODS = "SSIM, PSNR, CIEDE2000, phash"


class CompareParams(Params):
    """What counts as a change."""

    threshold_delta_e: float = Field(
        8.0,
        title="Least difference",
        description="Regions whose colours are further apart than this (CIEDE2000) count as changed: 1 is just seen"
        " side by side, 100 is black beside white.",
        ge=0.5,
        le=50,
    )


def compared_by(_: CompareParams, __: Surroundings) -> str:
    """What would compare pictures now."""
    packages = ("scikit-image", "opencv-python-headless", "ImageHash", "pillow", "pillow-heif")
    return made_by_packages("scikit-image", packages=packages)


@pipeline(
    name="image.compare",
    title="Compare two pictures",
    lane=Lane.CPU,
    accepts=tuple(PICTURE_FORMATS),
    params=CompareParams,
    min_sources=2,
    max_sources=2,
    time_limit_s=900,  # ten seconds, most of them for the colours; decoding two of 100 megapixels takes as long again
    made_by=compared_by,
)
def compare(sources: Sequence[Source], params: CompareParams, context: Context) -> Run:
    """Tell how far two pictures are apart: a photo and its copy, a screenshot before and after, a scan and another.

    Measures the structure (SSIM), the signal (PSNR), colours as an eye sees them (CIEDE2000) and a perceptual hash,
    and draws where the second differs over the first. A second picture of another size is resized to the first.
    """
    from pipelines.media import differences, measurements

    pair = _decoded(sources, context)
    first, second = pair.first, pair.second
    context.check()
    context.progress(0.3, "comparing structure")
    body = {
        "width_px": pair.width_px,
        "height_px": pair.height_px,
        "ssim": differences.structural_similarity(first, second),
        "psnr_db": differences.peak_signal_to_noise_db(first, second),
        "hash_bits_apart": measurements.hash_bits_apart(first, second),
    }
    context.check()
    context.progress(0.5, "comparing colours")
    colours = differences.colour_differences(first, second)
    context.check()
    context.progress(0.7, "finding regions")
    changed = differences.changed_regions(first, second, params.threshold_delta_e)
    context.check()
    context.progress(0.9, "drawing")
    yield _drawn(differences.heat_over(first, colours, changed.boxes), context.workdir)
    body |= {"mean_delta_e": round(float(colours.mean(dtype="float64")), 4), **_told(changed, pair)}
    return Result(body, EngineUsed("scikit-image", METHODS, importlib.metadata.version("scikit-image")), pair.warnings)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both pictures upright, of one size and no more than ``MOST_PIXELS``; the first one's own size and warnings."""

    first: "Image"
    second: "Image"
    width_px: int
    height_px: int
    warnings: Sequence[str]


def _decoded(sources: Sequence[Source], context: Context) -> _Pair:
    """One picture after the other, so that only one is held at its full size."""
    from PIL import Image

    from pipelines.media.picture import read_picture

    context.progress(0.0, "decoding")
    picture = read_picture(sources[0].path)
    warnings, whole = [*picture.warnings], picture.upright.size
    compared = _size_to_compare(whole)
    first = picture.upright.resize(compared, Image.Resampling.BOX)
    del picture
    context.check()
    context.progress(0.15, "decoding")
    other = read_picture(sources[1].path)
    warnings += [warning for warning in other.warnings if warning not in warnings]
    size = other.upright.size
    if size != whole:
        _refuse_other_shapes(whole, size)
        warnings.append(f"The second picture was resized from {_size(size)} to the first one's {_size(whole)} pixels.")
    if compared != whole:
        warnings.append(f"The pictures were compared at {_size(compared)} pixels: finer differences are not seen.")
    way = Image.Resampling.BOX if size == whole else Image.Resampling.LANCZOS
    return _Pair(first, other.upright.resize(compared, way), *whole, warnings)


def _size_to_compare(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, (MOST_PIXELS / (size[0] * size[1])) ** 0.5)
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _refuse_other_shapes(one: tuple[int, int], other: tuple[int, int]) -> None:
    ratio = (one[0] / one[1]) / (other[0] / other[1])
    if max(ratio, 1 / ratio) > 1 + MOST_ASPECT_APART:
        raise BadInput(
            f"the pictures have {_size(one)} and {_size(other)} pixels, which are different shapes: cut one to the"
            " shape of the other",
            code="sizes_differ",
        )


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _told(changed: "Changed", pair: _Pair) -> dict[str, Any]:  # Any: JSON
    """What changed, with its boxes in pixels of the first picture at its full size."""
    from pipelines.media.differences import scaled

    boxes = [scaled(box, pair.first.size, (pair.width_px, pair.height_px)) for box in changed.boxes]
    return {"changed_share": changed.share, "regions_count": changed.count, "regions": boxes}


def _drawn(picture: "Image", workdir: Path) -> Output:
    path = workdir / "difference.png"
    picture.save(path, compress_level=3)
    return Output(path.name, "image/png", path)
