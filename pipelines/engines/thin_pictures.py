"""Pictures many times as long as they are wide, cut to their middle: what enlarges the shorter side is no gigabytes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

CROPPED_ASPECT = 16  # far more than a crop to the centre leaves, so that nothing that the model sees is lost
_SQUASHED = "squash"
_WITH_MARGIN = frozenset({"border", "longest"})  # timm's and open_clip's names for the same


def middle_of(picture: "Image", mode: str, side_px: int) -> "Image":
    """As much of the middle of a picture as its preparation by ``mode`` makes use of; mostly the whole.

    ``mode`` is timm's ``crop_mode`` or open_clip's ``resize_mode``, ``side_px`` the shorter side that is prepared for.
    Where the shorter side is scaled to it and the rest cropped, a line of 32,767 pixels would be enlarged to gigabytes;
    where the longer side is, the shorter one would have no pixel left.
    """
    if mode == _SQUASHED:
        return picture
    most = side_px if mode in _WITH_MARGIN else CROPPED_ASPECT
    width, height = picture.size
    across, down = _cut_px(width, height * most), _cut_px(height, width * most)
    return picture.crop((across, down, width - across, height - down)) if across or down else picture


def _cut_px(length_px: int, most_px: int) -> int:
    """What is cut at either end: as much at one as at the other, so that the middle stays where it was."""
    return max(length_px - most_px, 0) // 2
