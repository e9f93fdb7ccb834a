"""Finding faces and codes in a picture, with detectors that come with their libraries."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

_FACES_SIDE_PX = 1280  # faces are sought in the picture reduced to this
_LEAST_FACE_SHARE = 0.03  # of the shorter side: smaller ones are mostly texture
_NEIGHBOURS = 8  # overlapping hits wanted before one is believed


def find_faces(picture: "Image") -> list[dict[str, int]]:
    """Boxes in pixels around faces seen from the front, from the left (Viola and Jones 2001, OpenCV's cascade)."""
    import cv2
    from cv2 import data as cascades

    scale = min(1.0, _FACES_SIDE_PX / max(picture.size))
    grey = picture.convert("L")
    if scale < 1:
        grey = grey.resize((max(1, round(grey.width * scale)), max(1, round(grey.height * scale))), reducing_gap=2.0)
    cascade = cv2.CascadeClassifier(str(Path(cascades.haarcascades) / "haarcascade_frontalface_default.xml"))
    least = max(24, round(_LEAST_FACE_SHARE * min(grey.size)))
    found = cascade.detectMultiScale(
        cv2.equalizeHist(np.asarray(grey)), scaleFactor=1.1, minNeighbors=_NEIGHBOURS, minSize=(least, least)
    )
    boxes = [[round(value / scale) for value in box] for box in np.asarray(found).reshape(-1, 4).tolist()]
    return [{"x": x, "y": y, "width": width, "height": height} for x, y, width, height in sorted(boxes)]


def find_codes(picture: "Image") -> list[dict[str, Any]]:
    """QR, Data Matrix, Aztec, PDF417 and bar codes: ``format``, ``text`` and the ``box`` around each, in pixels."""
    import zxingcpp

    found = zxingcpp.read_barcodes(np.asarray(picture.convert("L")))
    return [{"format": str(code.format), "text": code.text, "box": _box(code.position)} for code in found if code.valid]


def _box(position: Any) -> dict[str, int]:  # Any: zxing-cpp's own type
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    left, top = min(corner.x for corner in corners), min(corner.y for corner in corners)
    right, bottom = max(corner.x for corner in corners), max(corner.y for corner in corners)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}
