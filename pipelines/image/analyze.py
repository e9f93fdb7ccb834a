"""image.analyze: what a picture shows, and what can be measured in it."""

import importlib.metadata
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.comparing import DEFAULT_MODEL as DEFAULT_COMPARER
from pipelines.engines.comparing import Fit, comparing_engines
from pipelines.engines.label import Attention
from pipelines.engines.labelling import DEFAULT_MODEL, Labeller, labelling_engines
from pipelines.engines.open_clip_weights import MODEL_NAME_PATTERN as COMPARER_NAME_PATTERN
from pipelines.engines.provenance import made_by_engine, made_by_packages
from pipelines.engines.selection import Engine, Surroundings, choose
from pipelines.engines.timm_weights import MODEL_NAME_PATTERN
from pipelines.errors import EngineUnavailable, OutOfMemory, PipelineError, TransientFailure
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.media.picture import Picture

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


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
    attention: bool = Field(
        False, title="Attention", description="Also draw where the classifier looked for the most probable label."
    )
    words: tuple[Word, ...] = Field(
        (),
        title="Words of your own",
        description='Such as ["a cat", "a harbour"]: each is told how well it fits the picture. None asks for nothing.',
        max_length=50,
    )
    prompt: str = Field(
        "a photo of {}",
        title="Phrase",
        description="What each word is put into, in the place of {}: models know sentences better than single words.",
        pattern=r"^[^{}]*\{\}[^{}]*$",
        max_length=200,
    )
    comparer: str = Field(
        DEFAULT_COMPARER,
        title="Comparer",
        description="The name of an open_clip model whose weights are in the models' folder; for words of your own.",
        pattern=COMPARER_NAME_PATTERN,
        max_length=100,
    )
    faces: bool = Field(True, title="Faces", description="Find faces seen from the front.")
    codes: bool = Field(True, title="Codes", description="Read QR codes and bar codes.")
    location: bool = Field(
        False, title="Place", description="Also tell where the picture was taken, where the camera noted it."
    )


def analyzed_by(params: AnalyzeParams, surroundings: Surroundings) -> str:
    """What would analyze a picture now: who labels it and compares it, or, where nobody does, who measures."""
    measuring = ("scikit-image", "opencv-python-headless", "ImageHash", "zxing-cpp", "pillow", "pillow-heif")
    asked: list[Sequence[Engine[Any]]] = []
    if _asks_classifier(params):
        asked.append(labelling_engines(params.classifier))
    if params.words:
        asked.append(comparing_engines(params.comparer))
    if not asked:
        return made_by_packages("scikit-image", packages=measuring)
    named, *others = asked  # the first is whom the result names
    told = made_by_engine(named, surroundings, packages=measuring, otherwise="scikit-image")
    return " ".join([told, *(made_by_engine(engines, surroundings) for engines in others)])


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

    Labels need a classifier's weights, words of your own those of a CLIP-type model: each word's probability among
    them is told, and the cosine, which is low for all where none fits. Everything else is measured anywhere. The
    camera's notes (EXIF) are told without the place, unless that is asked for. Gives the analysis, a picture with the
    findings drawn on it, and, where it is asked for, one in grey whose colours show what the first label rests on.
    """
    from pipelines.media.analysis_outputs import attention_picture, document, overlay
    from pipelines.media.picture import read_picture

    context.progress(0.0, "decoding")
    picture = read_picture(sources[0].path)
    measured = _measured(picture, params, context)
    context.check()
    context.progress(0.6, "labelling")
    seen = yield from _classified(picture.upright, params, context)
    context.models.release()  # two large models need not fit at once
    context.check()
    context.progress(0.8, "comparing with words")
    compared = _compared(picture.upright, params, context)
    analysis = {
        **measured,
        "labels": seen.labels,
        "attention": seen.attention.body() if seen.attention else None,
        "words": compared.fits,
        "compared_by": _told(compared.by),
    }
    context.check()
    context.progress(0.9, "drawing")
    yield document(analysis, context.workdir)
    yield overlay(picture.upright, analysis, context.workdir)
    if seen.attention:
        yield attention_picture(picture.upright, seen.attention, context.workdir)
    named = seen.by if _asks_classifier(params) else compared.by  # as ``analyzed_by`` told
    warnings = (*picture.warnings, *seen.warnings, *compared.warnings)
    return Result(analysis, named or _measured_by(), warnings, is_whole=seen.is_whole and compared.is_whole)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a classifier saw and which, without the model; where ``by`` is None, ``warnings`` say why nobody did."""

    labels: Sequence[Mapping[str, Any]] = field(default_factory=list)  # as JSON has it
    attention: Attention | None = None
    by: EngineUsed | None = None
    warnings: Sequence[str] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Compared:
    """How well words fit and who says so; where ``by`` is None, ``warnings`` say why nobody does."""

    fits: Sequence[Mapping[str, Any]] = field(default_factory=list)  # as JSON has it
    by: EngineUsed | None = None
    warnings: Sequence[str] = ()
    is_whole: bool = True


def _asks_classifier(params: AnalyzeParams) -> bool:
    return params.labels > 0 or params.attention


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


def _classified(image: "Image", params: AnalyzeParams, context: Context) -> Generator[Part, None, _Seen]:
    """Yield the labels and tell what was seen; where nobody can, nothing, and a warning that says why.

    Raises OutOfMemory, for memory comes back.
    """
    if not _asks_classifier(params):
        return _Seen()
    try:
        choice = choose(labelling_engines(params.classifier), Surroundings(context.models_dir, context.network))
        labeller = choice.engine.make()(params.classifier, context)
        labels = [label.body() for label in labeller.label(image, params.labels)]
    except OutOfMemory:
        raise
    except (EngineUnavailable, TransientFailure) as error:
        missed = "No labels were given" if params.labels else "No attention was drawn"
        return _Seen(warnings=(f"{missed} ({error.message})",), is_whole=_will_be_so_again(error))
    if labels:
        yield Part(PartKind.LABELS, {"labels": labels})
    context.check()
    attention, unattended = _attention(labeller, image, params)
    return _Seen(labels, attention, labeller.used, (*choice.warnings, *unattended))


def _attention(labeller: Labeller, image: "Image", params: AnalyzeParams) -> tuple[Attention | None, Sequence[str]]:
    """Where the classifier looked; where it cannot tell, nothing, and a warning that says why."""
    if not params.attention:
        return None, ()
    try:
        return labeller.attention(image), ()
    except EngineUnavailable as error:
        return None, (f"No attention was drawn ({error.message})",)


def _compared(image: "Image", params: AnalyzeParams, context: Context) -> _Compared:
    """How well the user's words fit and who says so; where nobody can, nothing, and a warning that says why.

    Raises OutOfMemory.
    """
    if not params.words:
        return _Compared()
    try:
        choice = choose(comparing_engines(params.comparer), Surroundings(context.models_dir, context.network))
        comparer = choice.engine.make()(params.comparer, context)
        fits: Sequence[Fit] = comparer.compare(image, tuple(dict.fromkeys(params.words)), params.prompt)
    except OutOfMemory:
        raise
    except (EngineUnavailable, TransientFailure) as error:
        warning = f"The words were not compared with the picture ({error.message})"
        return _Compared(warnings=(warning,), is_whole=_will_be_so_again(error))
    return _Compared([fit.body() for fit in fits], comparer.used, choice.warnings)


def _will_be_so_again(error: PipelineError) -> bool:
    """Whether the same would be missing again: what does not fit or is not here changes what ``analyzed_by`` tells."""
    return not isinstance(error, TransientFailure)


def _measured_by() -> EngineUsed:
    return EngineUsed("scikit-image", "measurements", importlib.metadata.version("scikit-image"))


def _told(comparer: EngineUsed | None) -> Mapping[str, str] | None:
    return {"name": comparer.name, "model": comparer.model} if comparer else None
