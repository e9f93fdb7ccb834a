"""The files of an analysis: the document, and the pictures that show what was found."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.contract import Output

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.engines.label import Attention

ANALYSIS_TYPE = "application/vnd.triptych.image-analysis+json"


def document(analysis: Mapping[str, Any], workdir: Path) -> Output:  # Any: JSON
    """The analysis as JSON."""
    path = workdir / "analysis.json"
    path.write_text(json.dumps(analysis, ensure_ascii=False), encoding="utf-8")
    return Output("analysis.json", ANALYSIS_TYPE, path)


def overlay(image: "Image", analysis: Mapping[str, Any], workdir: Path) -> Output:  # Any: JSON
    """The picture with faces and codes outlined, above a legend of its labels and colours."""
    from pipelines.media.legend import with_legend
    from pipelines.media.overlay import BLUE, VIOLET, Overlay, corners

    drawn = Overlay(image)
    for face in analysis["faces"]:
        drawn.outline(corners(face), BLUE, "face")
    for code in analysis["codes"]:
        drawn.outline(corners(code["box"]), VIOLET, f"{code['format']}: {code['text']}"[:60])
    labels = [(label["label"], label["score"]) for label in analysis["labels"]]
    colours = [(colour["hex"], colour["share"]) for colour in analysis["colours"]]
    path = workdir / "overlay.png"
    with_legend(drawn.canvas, labels, colours).save(path, compress_level=3)
    return Output("overlay.png", "image/png", path)


def attention_picture(image: "Image", attention: "Attention", workdir: Path) -> Output:
    """The picture with the heat of its first label over it."""
    from pipelines.media.heat import with_heat

    path = workdir / "attention.png"
    with_heat(image, attention.heat, attention.seen).save(path, compress_level=3)
    return Output("attention.png", "image/png", path)
