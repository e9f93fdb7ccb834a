"""Reading text with RapidOCR: find regions on a reduced picture, recognise them at full resolution in batches."""

import importlib.metadata
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pipelines.contract import Context, EngineUsed
from pipelines.engines.page_turn import Turn, as_it_runs, longest, possible_turns
from pipelines.engines.rapid_ocr_models import MODEL_NAME
from pipelines.engines.rapid_ocr_sessions import bundled_models, recogniser_of
from pipelines.engines.reading_scripts import RECOGNISERS, Script
from pipelines.engines.text_direction import logical_order
from pipelines.engines.text_line import Line, Region

if TYPE_CHECKING:
    from PIL.Image import Image

BATCH_LINES = 6  # as many as the recogniser takes at once; lines are shown and a cancel is seen between batches
DOUBTFUL = 0.9  # confidence below which a line may stand upside down
MAX_ASPECT = 4

Reading = tuple[str, float]
"""A line's text and the confidence in it, in 0..1."""


class RapidOcrReader:
    """RapidOCR on ONNX Runtime: lines are found by its package's model, and read by that or by the script's own.

    Lines of several runs share no pass: RapidOCR pads each to the widest of its batch, so that what is read would
    depend on whose page was beside it.
    """

    def __init__(self, context: Context, script: Script = Script.DEFAULT) -> None:
        """Raises EngineUnavailable where the script's recogniser cannot be used, and as ``fetch`` does."""
        self._finder = self._recogniser = bundled_models(context)
        model = MODEL_NAME
        if script is not Script.DEFAULT:
            self._recogniser = recogniser_of(RECOGNISERS[script], context)
            model = RECOGNISERS[script].model
        self._read_already: dict[Region, Reading] = {}
        self._runs_from_the_right = script.runs_from_the_right
        self.used = EngineUsed("rapidocr", model, importlib.metadata.version("rapidocr"))

    def regions(self, picture: "Image", detection_side_px: int) -> list[Region]:
        """As the protocol says; where nothing is found, the page is looked at once more at half the size.

        The detector overlooks a single line of small print on a large empty page, and finds it when it is reduced.
        """
        side_px = min(detection_side_px, max(picture.size))
        found = self._found(picture, side_px) or self._found(picture, max(side_px // 2, 1))
        turn = self._turn(picture, found)
        return [as_it_runs(region, turn) for region in found]

    def _turn(self, picture: "Image", found: Sequence[Region]) -> Turn:
        """Which way round the page lies: its longest lines are read both ways, and the surer reading tells.

        RapidOCR's own classifier of direction squeezes a strip to 4:1 and turns long lines that stood right.
        """
        if not found:
            return Turn.NONE
        pixels, surest, chosen = _bgr(picture), -1.0, Turn.NONE
        for turn in possible_turns(found):
            regions = [as_it_runs(region, turn) for region in longest(found, BATCH_LINES)]
            readings = self._read_strips([_strip(pixels, region) for region in regions])
            sure = sum(confidence for _, confidence in readings) / len(readings)
            if sure > surest:
                surest, chosen = sure, turn
                self._read_already = {
                    region: reading for region, reading in zip(regions, readings, strict=True) if reading[1] >= DOUBTFUL
                }
            if turn is Turn.NONE and sure >= DOUBTFUL:
                break
        return chosen

    def _found(self, picture: "Image", side_px: int) -> list[Region]:
        scale = side_px / max(picture.size)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        looked_at = picture if size == picture.size else picture.resize(size, reducing_gap=2.0)
        found = self._finder(_bgr(_padded(looked_at)), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return []
        stretch = np.array([picture.width / size[0], picture.height / size[1]])
        return [_region((corners * stretch).clip((0, 0), picture.size)) for corners in found.boxes]

    def read(self, picture: "Image", regions: Sequence[Region]) -> Iterator[Line]:
        """As the protocol says."""
        pixels = _bgr(picture)
        for start in range(0, len(regions), BATCH_LINES):
            batch = regions[start : start + BATCH_LINES]
            left = [region for region in batch if region not in self._read_already]
            readings = dict(zip(left, self._recognised([_strip(pixels, region) for region in left]), strict=True))
            for region in batch:
                text, confidence = readings.get(region) or self._read_already[region]
                yield Line(text.strip(), confidence, region)

    def _recognised(self, strips: Sequence[Any]) -> list[Reading]:
        """Text and confidence of each strip; a doubtful one is tried upside down too, and the surer reading kept."""
        readings = self._read_strips(strips)
        doubtful = [index for index, (_, confidence) in enumerate(readings) if confidence < DOUBTFUL]
        turned = self._read_strips([np.ascontiguousarray(strips[index][::-1, ::-1]) for index in doubtful])
        for index, reading in zip(doubtful, turned, strict=True):
            readings[index] = max(readings[index], reading, key=lambda read: read[1])
        return readings

    def _read_strips(self, strips: Sequence[Any]) -> list[Reading]:
        if not strips:
            return []
        recognised = self._recogniser.recognize_txt(list(strips))
        texts = map(logical_order, recognised.txts) if self._runs_from_the_right else recognised.txts
        return [(text, float(score)) for text, score in zip(texts, recognised.scores, strict=True)]


def _padded(picture: "Image") -> "Image":
    """White added to the right or below until no side is more than ``MAX_ASPECT`` times the other.

    The detector enlarges a picture until its shorter side has 736 pixels: a thread of 3000 x 2 would become 800
    million. Places stay what they were.
    """
    from PIL import Image

    least = math.ceil(max(picture.size) / MAX_ASPECT)
    if min(picture.size) >= least:
        return picture
    paper = Image.new("RGB", (max(picture.width, least), max(picture.height, least)), "white")
    paper.paste(picture, (0, 0))
    return paper


def _strip(pixels: Any, region: Region) -> Any:
    """What stands in a region, straightened; one that is much higher than wide is turned against the clock."""
    from rapidocr.utils.process_img import get_rotate_crop_image

    return get_rotate_crop_image(pixels, np.array(region, dtype=np.float32))


def _bgr(picture: "Image") -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Height x width x 3, blue first, as OpenCV has it."""
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _region(corners: "np.ndarray[Any, Any]") -> Region:
    return cast(Region, tuple((round(float(x), 1), round(float(y), 1)) for x, y in corners))
