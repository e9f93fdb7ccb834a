"""How two pictures of one size differ: in structure, in signal, in colour as an eye sees it, and where."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image, ImageFilter

from pipelines.media.overlay import RED, Overlay, corners

if TYPE_CHECKING:
    Plane: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]  # height x width

BAND_ROWS = 256
SSIM_WINDOW_PX = 7  # scikit-image's own; what is smaller has no structure to compare
MOST_REGIONS = 50
_NEAR_PX = 9  # changed pixels less far apart are one region
_SMOOTHED_PX = 2.0  # standard deviation of the Gaussian
_SPECKS_PX = 9  # of a region's area: fewer are noise, such as a compressor's
_FULL_HEAT_DELTA_E = 30.0  # a difference from which the heat is opaque: no eye takes such colours for one

Box: TypeAlias = dict[str, int]  # x, y, width, height


@dataclass(frozen=True, slots=True)
class Changed:
    """Where pictures differ: the share of the area, and ``boxes`` in pixels, the largest of ``count`` regions first."""

    share: float
    count: int
    boxes: list[Box]


def structural_similarity(one: Image.Image, other: Image.Image) -> float | None:
    """SSIM of luminance, 1 for identical pictures (Wang, Bovik, Sheikh and Simoncelli 2004).

    None for pictures that are narrower than its window.
    """
    from skimage import metrics

    if min(one.size) < SSIM_WINDOW_PX:
        return None
    grey = [np.asarray(picture.convert("L"), dtype=np.float32) for picture in (one, other)]
    return round(float(metrics.structural_similarity(*grey, win_size=SSIM_WINDOW_PX, data_range=255.0)), 6)


def peak_signal_to_noise_db(one: Image.Image, other: Image.Image) -> float | None:
    """PSNR over all three channels, in decibels; None for identical pictures, where it is infinite."""
    squares = 0.0
    for rows in _bands(one):
        first, second = (np.asarray(picture.crop(rows), dtype=np.float32) for picture in (one, other))
        squares += float(np.square(first - second).sum(dtype=np.float64))
    mean = squares / (one.width * one.height * 3)
    return round(10 * math.log10(255**2 / mean), 3) if mean else None


def colour_differences(one: Image.Image, other: Image.Image) -> "Plane":
    """CIEDE2000 of each pixel (Sharma, Wu and Dalal 2005): about 1 is just seen, 100 is black beside white."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    differences = np.empty((one.height, one.width), np.float32)
    for rows in _bands(one):
        first, second = (rgb2lab(np.asarray(picture.crop(rows))) for picture in (one, other))
        differences[rows[1] : rows[3]] = deltaE_ciede2000(first, second)
    return differences


def changed_regions(one: Image.Image, other: Image.Image, threshold_delta_e: float) -> Changed:
    """Where colours are more than ``threshold_delta_e`` apart; specks of a few pixels count to no region.

    Both are smoothed first: what a compressor or another size does to edges evens out over a few pixels, a change of
    what is shown does not.
    """
    import cv2

    smooth = [picture.filter(ImageFilter.GaussianBlur(_SMOOTHED_PX)) for picture in (one, other)]
    changed = (colour_differences(*smooth) > threshold_delta_e).astype(np.uint8)
    joined = cv2.dilate(changed, np.ones((_NEAR_PX, _NEAR_PX), np.uint8))
    _, regions = cv2.connectedComponents(joined)
    areas = np.bincount(regions[changed == 1], minlength=1)
    numbers = [number for number in np.argsort(-areas, kind="stable") if areas[number] >= _SPECKS_PX]
    boxes = [_box((regions == number) & (changed == 1)) for number in numbers[:MOST_REGIONS]]
    return Changed(round(float(changed.mean()), 6), len(numbers), boxes)


def heat_over(picture: Image.Image, differences: "Plane", boxes: list[Box]) -> Image.Image:
    """The picture in pale grey, red where and as much as colours differ, with a frame around each changed region."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32) * np.float32(0.5) + 110
    heat = (differences / np.float32(_FULL_HEAT_DELTA_E)).clip(0, 1)
    shown = np.empty((*grey.shape, 3), np.uint8)
    for channel, red in enumerate(RED):
        shown[:, :, channel] = grey + heat * (red - grey)
    overlay = Overlay(Image.fromarray(shown))
    for box in boxes:
        overlay.frame(corners(box), RED)
    return overlay.canvas


def _bands(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """Rows of the picture, a band at a time: colour spaces in doubles take 24 bytes a pixel for each picture."""
    return [
        (0, top, picture.width, min(top + BAND_ROWS, picture.height)) for top in range(0, picture.height, BAND_ROWS)
    ]


def _box(inside: "np.ndarray[Any, np.dtype[np.bool_]]") -> Box:
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return {"x": left, "y": top, "width": int(columns[-1]) - left + 1, "height": int(rows[-1]) - top + 1}


def scaled(box: Mapping[str, int], size: tuple[int, int], target: tuple[int, int]) -> Box:
    """The box of a picture of ``size`` in the same picture of size ``target``, grown to whole pixels."""
    left, top = box["x"] * target[0] // size[0], box["y"] * target[1] // size[1]
    right = -(-(box["x"] + box["width"]) * target[0] // size[0])
    bottom = -(-(box["y"] + box["height"]) * target[1] // size[1])
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}
