"""Who can read text in pictures here: one engine today, whose models come with its package."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines.rapid_ocr_models import MODEL_NAME, probe_rapid_ocr
from pipelines.engines.selection import Capability, Engine
from pipelines.engines.text_line import Line, Region

if TYPE_CHECKING:
    from PIL.Image import Image


class Reader(Protocol):
    """A model ready to read pictures."""

    @property
    def used(self) -> EngineUsed:
        """Which engine and model it is."""

    def regions(self, picture: "Image", detection_side_px: int) -> Sequence["Region"]:
        """Where text stands, in no order. The picture is looked at no larger than ``detection_side_px`` a side."""

    def read(self, picture: "Image", regions: Sequence["Region"]) -> Iterator[Line]:
        """Yield the text of each region, in the order given; one without legible text gives an empty text."""


MakeReader = Callable[[Context], Reader]


def reading_engines() -> tuple[Engine[MakeReader], ...]:
    """The engines in order of preference."""
    return (
        Engine(
            "rapidocr",
            Capability.READ,
            probe=probe_rapid_ocr,
            make=_make_rapid_ocr,
            model=MODEL_NAME,
            packages=("rapidocr", "onnxruntime", "opencv-python-headless"),
        ),
    )


def _make_rapid_ocr() -> MakeReader:
    from pipelines.engines.rapid_ocr import RapidOcrReader  # loads onnxruntime and OpenCV

    return RapidOcrReader
