"""image.analyze: what a picture shows, and what can be measured in it."""

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.label import Label
from pipelines.engines.labelling import DEFAULT_MODEL, labelling_engines
from pipelines.engines.provenance import made_by_engine, made_by_packages
from pipelines.engines.selection import Surroundings, choose
from pipelines.engines.timm_weights import MODEL_NAME_PATTERN
from pipelines.errors import EngineUnavailable, TransientFailure
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.media.picture import Picture

ANALYSIS_TYPE = "application/vnd.triptych.image-analysis+json"


class AnalyzeParams(Params):
    """What is looked for in a picture."""

    labels: int = Field(
        5, title="Labels", description="How many of the most probable labels; 0 asks for none.", ge=0, le=50
    )
    classifier: str = Field(
        DEFAULT_MODEL,
        title="Classifier",
        description="The name of a timm model whose weights are in the models' folder, or can be fetched.",
        pattern=MODEL_NAME_PATTERN,
        max_length=100,
    )
    faces: bool = Field(True, title="Faces", description="Find faces seen from the front.")
    codes: bool = Field(True, title="Codes", description="Read QR codes and bar codes.")
    location: bool = Field(
        False, title="Place", description="Also tell where the picture was taken, where the camera noted it."
    )


def analyzed_by(params: AnalyzeParams, surroundings: Surroundings) -> str:
    """What would analyze a picture now: who labels it, or, where nobody does, who measures."""
    measuring = ("scikit-image", "opencv-python-headless", "ImageHash", "zxing-cpp", "pillow")
    if params.labels == 0:
        return made_by_packages("scikit-image", packages=measuring)
    engines = labelling_engines(params.classifier)
    return made_by_engine(engines, surroundings, packages=measuring, otherwise="scikit-image")


@pipeline(
    name="image.analyze",
    title="Analyze a picture",
    lane=Lane.GPU,
    accepts=tuple(PICTURE_FORMATS),
    params=AnalyzeParams,
    rank=1,
    time_limit_s=900,  # five seconds, after a first run has fetched a few hundred megabytes
    made_by=analyzed_by,
)
def analyze(sources: Sequence[Source], params: AnalyzeParams, context: Context) -> Run:
    """Label a picture, find faces and codes, and measure colours, sharpness and exposure.

    Labels need a classifier's weights; everything else is measured anywhere. The camera's notes (EXIF) are told
    without the place, unless that is asked for. Gives the analysis and a picture with the findings drawn on it.
    """
    from pipelines.media.picture import read_picture

    context.progress(0.0, "decoding")
    picture = read_picture(sources[0].path)
    measured = _measured(picture, params, context)
    context.check()
    context.progress(0.6, "labelling")
    labels, engine, warnings = _labelled(picture.upright, params, context)
    if labels:
        yield Part(PartKind.LABELS, {"labels": labels})
    analysis = {**measured, "labels": labels}
    context.check()
    context.progress(0.9, "drawing")
    yield _document(analysis, context)
    yield _overlay(picture.upright, analysis, context)
    return Result(analysis, engine, warnings)


def _measured(picture: "Picture", params: AnalyzeParams, context: Context) -> dict[str, Any]:
    from pipelines.media import finding, measurements
    from pipelines.media.camera_notes import camera_notes

    image = picture.upright
    context.progress(0.1, "measuring")
    found: dict[str, Any] = {
        "width_px": image.width,
        "height_px": image.height,
        "format": picture.format,
        "colours": measurements.dominant_colours(image),
        "sharpness": measurements.sharpness(image),
        "exposure": measurements.exposure(image),
        "perceptual_hash": measurements.perceptual_hash(image),
        "exif": camera_notes(picture.exif, with_location=params.location),
    }
    context.check()
    context.progress(0.3, "finding faces and codes")
    found["faces"] = finding.find_faces(image) if params.faces else []
    context.check()
    found["codes"] = finding.find_codes(image) if params.codes else []
    return found


def _labelled(
    image: "Image", params: AnalyzeParams, context: Context
) -> tuple[list[Mapping[str, Any]], EngineUsed, Sequence[str]]:
    """Labels and who gave them; where nobody can, none, who measured, and a warning that says why."""
    measured_by = EngineUsed("scikit-image", "measurements", importlib.metadata.version("scikit-image"))
    if params.labels == 0:
        return [], measured_by, ()
    try:
        choice = choose(labelling_engines(params.classifier), Surroundings(context.models_dir, context.network))
        labeller = choice.engine.make()(params.classifier, context)
        labels: Sequence[Label] = labeller.label(image, params.labels)
    except (EngineUnavailable, TransientFailure) as error:
        return [], measured_by, (f"No labels were given ({error.message})",)
    return [label.body() for label in labels], labeller.used, choice.warnings


def _document(analysis: Mapping[str, Any], context: Context) -> Output:
    path = context.workdir / "analysis.json"
    path.write_text(json.dumps(analysis, ensure_ascii=False), encoding="utf-8")
    return Output("analysis.json", ANALYSIS_TYPE, path)


def _overlay(image: "Image", analysis: Mapping[str, Any], context: Context) -> Output:
    from pipelines.media.legend import with_legend
    from pipelines.media.overlay import BLUE, VIOLET, Overlay, corners

    overlay = Overlay(image)
    for face in analysis["faces"]:
        overlay.outline(corners(face), BLUE, "face")
    for code in analysis["codes"]:
        overlay.outline(corners(code["box"]), VIOLET, f"{code['format']}: {code['text']}"[:60])
    labels = [(label["label"], label["score"]) for label in analysis["labels"]]
    colours = [(colour["hex"], colour["share"]) for colour in analysis["colours"]]
    path = context.workdir / "overlay.png"
    with_legend(overlay.canvas, labels, colours).save(path, compress_level=3)
    return Output("overlay.png", "image/png", path)
