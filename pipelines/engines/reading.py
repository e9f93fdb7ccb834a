"""Who can read text in pictures here: RapidOCR, by the models of its package, or a recogniser of another script."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines.rapid_ocr_models import MODEL_NAME, probe_rapid_ocr, probe_recogniser
from pipelines.engines.reading_scripts import RECOGNISERS, Script
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
        """Where text stands, in no order, corners clockwise from the text's own top left.

        The picture is looked at no larger than ``detection_side_px`` a side.
        """

    def read(self, picture: "Image", regions: Sequence["Region"]) -> Iterator[Line]:
        """Yield the text of each region, in the order given; one without legible text gives an empty text."""


MakeReader = Callable[[Context], Reader]


PACKAGES = ("rapidocr", "onnxruntime", "opencv-python-headless")
STOOD_IN = "Read by the models that RapidOCR's package brings, not by the one for the script that was asked for"


def reading_engines(script: Script = Script.DEFAULT) -> tuple[Engine[MakeReader], ...]:
    """The engines for ``script`` in order of preference.

    The package's own models stand in only where they know the script's letters: in the place of others they would
    make words up.
    """
    bundled = Engine(
        "rapidocr",
        Capability.READ,
        probe=probe_rapid_ocr,
        make=lambda: _make_rapid_ocr(Script.DEFAULT),
        fallback_warning=STOOD_IN,
        model=MODEL_NAME,
        packages=PACKAGES,
    )
    if script is Script.DEFAULT:
        return (bundled,)
    return (_engine_of(script), bundled) if script.is_read_by_default else (_engine_of(script),)


def _engine_of(script: Script) -> Engine[MakeReader]:
    recogniser = RECOGNISERS[script]
    return Engine(
        "rapidocr",
        Capability.READ,
        probe=lambda surroundings: probe_recogniser(recogniser, surroundings),
        make=lambda: _make_rapid_ocr(script),
        model=recogniser.model,
        packages=PACKAGES,
        weights=lambda models_dir: [recogniser.path(models_dir)],
    )


def _make_rapid_ocr(script: Script) -> MakeReader:
    from pipelines.engines.rapid_ocr import RapidOcrReader  # loads onnxruntime and OpenCV

    return lambda context: RapidOcrReader(context, script)
