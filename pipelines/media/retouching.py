"""Making a picture better to look at: less noise, more contrast, more pixels, sharper edges, turned.

Works on luminance and chroma apart (YCbCr), as planes of float32 in 0..1: contrast and sharpening then change no
hue, and memory stays at a few times the picture's size.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image, ImageOps

from pipelines.media.measurements import deviation_of_noise

if TYPE_CHECKING:
    Plane: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]  # height x width, 0..1

BAND_ROWS = 256
_PATCH_PX, _REACH_PX = 5, 5  # compared patches, and how far apart they may lie: scikit-image's quick setting
_BAND_MARGIN_ROWS = _PATCH_PX + _REACH_PX
_SHARPEN_RADIUS_PX = 1.5
_TILES, _CLIPPED = 8, 0.03  # a side, each equalised by itself; the share of a tile that one of 256 levels may have

Told = Callable[[float], None]  # called between bands with the share done; may raise to stop


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """The picture turned clockwise, on paper grown to hold all of it; quarter turns keep every pixel as it is."""
    quarter = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    whole = degrees % 360
    if whole in quarter:
        return picture.transpose(quarter[int(whole)])
    return picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def upscaled(picture: Image.Image, factor: float) -> Image.Image:
    """The picture with ``factor`` times the pixels a side, by a Lanczos window: sharp, and nothing is invented."""
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS)


def denoised(picture: Image.Image, strength: float, told: Told) -> Image.Image:
    """Noise averaged away over patches that look alike (Buades, Coll and Morel 2005); ``strength`` in 0..1.

    The noise is measured for each plane, so that a clean picture is left nearly alone.
    """
    planes = _planes(picture)
    clean: list[Plane] = []
    for plane in planes:
        clean.append(_without_noise(plane, strength, lambda share: told((len(clean) + share) / len(planes))))
    return _merged(clean)


def with_contrast(picture: Image.Image, strength: float) -> Image.Image:
    """Local contrast raised by contrast-limited adaptive histogram equalisation; ``strength`` in 0..1.

    Zuiderveld 1994, by OpenCV: scikit-image's takes 48 bytes a pixel.
    """
    import cv2

    luminance, *chroma = picture.convert("YCbCr").split()
    tiles = (min(_TILES, picture.width), min(_TILES, picture.height))
    equaliser = cv2.createCLAHE(clipLimit=_CLIPPED * strength * 256, tileGridSize=tiles)
    even = Image.fromarray(equaliser.apply(np.asarray(ImageOps.autocontrast(luminance))))
    return Image.merge("YCbCr", [Image.blend(luminance, even, strength), *chroma]).convert("RGB")


def sharpened(picture: Image.Image, strength: float) -> Image.Image:
    """Edges made steeper by an unsharp mask; ``strength`` in 0..1, where 1 adds the whole difference twice."""
    from skimage.filters import unsharp_mask

    luminance, *chroma = _planes(picture)
    return _merged([unsharp_mask(luminance, radius=_SHARPEN_RADIUS_PX, amount=2 * strength), *chroma])


def _without_noise(plane: "Plane", strength: float, told: Told) -> "Plane":
    from skimage.restoration import denoise_nl_means

    noise = deviation_of_noise(plane)
    if noise == 0.0:
        told(1.0)
        return plane
    clean = np.empty_like(plane)
    height = plane.shape[0]
    for top in range(0, height, BAND_ROWS):
        told(top / height)
        bottom = min(top + BAND_ROWS, height)
        first, last = max(top - _BAND_MARGIN_ROWS, 0), min(bottom + _BAND_MARGIN_ROWS, height)
        band = denoise_nl_means(
            plane[first:last],
            h=1.6 * strength * noise,
            sigma=noise,
            patch_size=_PATCH_PX,
            patch_distance=_REACH_PX,
            fast_mode=True,
        )
        clean[top:bottom] = band[top - first : bottom - first]
    return clean


def _planes(picture: Image.Image) -> "list[Plane]":
    return [np.asarray(plane, dtype=np.float32) / np.float32(255) for plane in picture.convert("YCbCr").split()]


def _merged(planes: "list[Plane]") -> Image.Image:
    eight_bits = [Image.fromarray((plane * 255 + 0.5).clip(0, 255).astype(np.uint8)) for plane in planes]
    return Image.merge("YCbCr", eight_bits).convert("RGB")
