"""What can be measured in a picture without any weights: colours, sharpness, exposure, noise, a perceptual hash."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

COLOURS = 6
_COLOURS_SIDE_PX = 160  # colours are shares of area: a thumbnail has the same
_SHARPNESS_SIDE_PX = 1600
_NOISE_SIDE_PX = 2000
_LEAST_NOISE_SIDE_PX = 5
_DEEP_SHADOW, _BURNT_HIGHLIGHT = 0.04, 0.96  # of the luminance: where detail is lost on most screens
_ALIKE_DELTA_E = 12.0  # CIE76 difference below which two colours go by one name


def dominant_colours(picture: "Image") -> list[dict[str, Any]]:
    """Up to ``COLOURS`` colours with their share of the area, the largest first: k-means in CIELAB."""
    import cv2

    small = picture.copy()
    small.thumbnail((_COLOURS_SIDE_PX, _COLOURS_SIDE_PX))
    pixels = np.asarray(small, dtype=np.float32).reshape(-1, 3) / 255
    if len(pixels) < COLOURS:  # k-means wants at least as many points as colours; shares stay what they are
        pixels = np.tile(pixels, (COLOURS, 1))
    lab = cv2.cvtColor(pixels[None], cv2.COLOR_RGB2LAB)[0]
    cv2.setRNGSeed(0)  # the same picture has the same colours
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.5)
    _, nearest, centres = cv2.kmeans(lab, COLOURS, None, stop, 3, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(nearest.ravel(), minlength=len(centres)) / len(lab)
    merged = _merge_alike(centres, shares)
    rgb = cv2.cvtColor(np.array([[centre for centre, _ in merged]], dtype=np.float32), cv2.COLOR_LAB2RGB)[0]
    return [
        {"hex": "#{:02x}{:02x}{:02x}".format(*(int(v) for v in (colour * 255).round().clip(0, 255))), "share": share}
        for colour, (_, share) in zip(rgb, merged, strict=True)
    ]


def sharpness(picture: "Image") -> float:
    """0 (all blur) to 1 (crisp): what re-blurring takes from the edges (Crété, Dolmière, Ladret and Nicolas 2007)."""
    from skimage.measure import blur_effect

    grey = picture.convert("L")
    grey.thumbnail((_SHARPNESS_SIDE_PX, _SHARPNESS_SIDE_PX))
    values = np.asarray(grey, dtype=np.float32) / 255
    if min(values.shape) < 3 or float(np.ptp(values)) == 0:  # no edge to judge by
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        blur = float(blur_effect(values))
    return round(1 - blur, 4) if np.isfinite(blur) else 0.0


def exposure(picture: "Image") -> dict[str, float]:
    """Mean luminance in 0..1, and the shares of the area that are lost in shadow and in glare."""
    counts = np.array(picture.convert("L").histogram(), dtype=np.float64)
    levels, total = np.arange(256) / 255, counts.sum()
    return {
        "mean": round(float(counts @ levels / total), 4),
        "shadows_share": round(float(counts[levels < _DEEP_SHADOW].sum() / total), 4),
        "highlights_share": round(float(counts[levels > _BURNT_HIGHLIGHT].sum() / total), 4),
    }


def noise(picture: "Image") -> float:
    """The noise of the picture's luminance, as ``deviation_of_noise``; in its middle, for time's sake.

    It is not reduced for that, which would even the noise out.
    """
    left, top = (max(0, (side - _NOISE_SIDE_PX) // 2) for side in picture.size)
    right, bottom = min(left + _NOISE_SIDE_PX, picture.width), min(top + _NOISE_SIDE_PX, picture.height)
    middle = picture.crop((left, top, right, bottom)).convert("L")
    return round(deviation_of_noise(np.asarray(middle, dtype=np.float32) / np.float32(255)), 4)


def deviation_of_noise(plane: "np.ndarray[Any, np.dtype[np.float32]]") -> float:
    """Standard deviation of the noise in a plane of height x width, in its own unit; fine texture counts as noise.

    From the median of its finest wavelets (Donoho and Johnstone 1994); 0 where they all vanish, or have no room.
    """
    from skimage.restoration import estimate_sigma

    if min(plane.shape) < _LEAST_NOISE_SIDE_PX:
        return 0.0
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="numpy")  # of a median of none: not a number
        return float(np.nan_to_num(estimate_sigma(plane)))


def perceptual_hash(picture: "Image") -> str:
    """64 bits in hex that differ in few bits between copies of a picture (DCT hash)."""
    import imagehash

    return str(imagehash.phash(picture))


def hash_bits_apart(one: "Image", other: "Image") -> int:
    """How many of 64 bits the perceptual hashes differ in: few between copies, about half between strangers."""
    return (int(perceptual_hash(one), 16) ^ int(perceptual_hash(other), 16)).bit_count()


def _merge_alike(centres: "np.ndarray[Any, Any]", shares: "np.ndarray[Any, Any]") -> list[tuple[Any, float]]:
    """Clusters by falling share, each that looks like a larger one added to it; empty ones left out."""
    kept: list[tuple[Any, float]] = []
    for index in np.argsort(-shares, kind="stable"):
        if shares[index] == 0:
            continue
        for position, (centre, share) in enumerate(kept):
            if float(np.linalg.norm(centres[index] - centre)) < _ALIKE_DELTA_E:
                kept[position] = (centre, share + float(shares[index]))
                break
        else:
            kept.append((centres[index], float(shares[index])))
    return [(centre, round(share, 4)) for centre, share in sorted(kept, key=lambda pair: -pair[1])]
