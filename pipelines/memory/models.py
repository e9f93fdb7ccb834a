"""The models whose vectors the memory's spaces hold, and what they make of texts and pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import pack
from typing import Any, Generic, TypeVar

from pipelines.contract import Context, EngineUsed, Source
from pipelines.engines.embedding import DEFAULT_MODEL, Embedder, embedder
from pipelines.engines.falling_back import first_that_works
from pipelines.engines.picture_embedding import PictureEmbedder, picture_embedding_engines
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput, EngineUnavailable, OutOfMemory, TransientFailure
from pipelines.house import Space, SpaceKind, Vector

PICTURES_AT_ONCE = 8  # decoded before the model sees them

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Models(Generic[M]):
    """Loaded models, each with the space that its vectors lie in; who they are; and why others could not be had."""

    loaded: Sequence[tuple[Space, M]] = ()
    used: Sequence[EngineUsed] = ()
    warnings: Sequence[str] = ()


def text_models(context: Context, spaces: Sequence[Space]) -> Models[Embedder]:
    """The models of the spaces of texts, or the one that comes first where there is no such space yet."""

    def load(space: Space | None) -> tuple[Space, Embedder, EngineUsed, Sequence[str]]:
        model, used, warnings = embedder(context, space.model if space else DEFAULT_MODEL)
        return Space(SpaceKind.TEXT, model.name, model.dimensions), model, used, warnings

    return _loaded(load, [space for space in spaces if space.kind is SpaceKind.TEXT], "Nothing is compared by meaning")


def picture_models(context: Context, spaces: Sequence[Space]) -> Models[PictureEmbedder]:
    """The models of the spaces of pictures, or the one that comes first where there is no such space yet."""

    def load(space: Space | None) -> tuple[Space, PictureEmbedder, EngineUsed, Sequence[str]]:
        engines = picture_embedding_engines()
        if space is not None:
            wanted = "open-clip" if space.is_joint else "timm"
            engines = tuple(one for one in picture_embedding_engines(space.model, space.model) if one.name == wanted)
        around = Surroundings(context.models_dir, context.network)
        model, warnings = first_that_works(engines, around, "auto", lambda make: make(context))
        its = space or Space(SpaceKind.PICTURE, model.used.model, _dimensions(model), model.joint_with_text)
        return its, model, model.used, warnings

    its = [space for space in spaces if space.kind is SpaceKind.PICTURE]
    return _loaded(load, its, "No picture is compared with others")


def picture_model(context: Context, name: str) -> tuple[Space, PictureEmbedder, EngineUsed, Sequence[str]]:
    """The model of this name, open_clip's or else timm's, with the space of its vectors; and what to warn of.

    Raises EngineUnavailable naming what is missing.
    """
    around = Surroundings(context.models_dir, context.network)
    model, warnings = first_that_works(
        picture_embedding_engines(name, name), around, "auto", lambda make: make(context)
    )
    space = Space(SpaceKind.PICTURE, model.used.model, _dimensions(model), model.joint_with_text)
    return space, model, model.used, warnings


def meanings(models: Models[Embedder], texts: Sequence[str], check: Callable[[], None]) -> list[list[Vector]]:
    """The vectors of each text, one in each space."""
    made: list[list[Vector]] = [[] for _ in texts]
    for space, model in models.loaded if texts else ():
        for own, row in zip(made, model.encode(texts, check), strict=True):
            own.append(Vector(space, row.astype("<f4").tobytes()))
    return made


@dataclass(slots=True)
class Sights:
    """The vectors of pictures, by their paths; and of those that have none, why."""

    vectors: dict[Path, list[Vector]]
    unseen: dict[Path, str]


def sights(models: Models[PictureEmbedder], sources: Sequence[Source], check: Callable[[], None]) -> Sights:
    """The vectors of each picture, one in each space; each is decoded once."""
    found = Sights({}, {})
    for first in range(0, len(sources), PICTURES_AT_ONCE) if models.loaded else ():
        some = sources[first : first + PICTURES_AT_ONCE]
        prepared = [(source.path, pixels) for source in some if (pixels := _prepared(source, models, found, check))]
        for place, (space, model) in enumerate(models.loaded):
            vectors = model.encode([pixels[place] for _, pixels in prepared]) if prepared else []
            for (path, _), vector in zip(prepared, vectors, strict=True):
                found.vectors.setdefault(path, []).append(Vector(space, _packed(vector)))
    return found


def descriptions(models: Models[PictureEmbedder], texts: Sequence[str]) -> list[list[Vector]]:
    """The vectors of each text among those of the pictures that it describes, in spaces that both share."""
    made: list[list[Vector]] = [[] for _ in texts]
    for space, model in models.loaded if texts else ():
        if model.joint_with_text:
            for own, vector in zip(made, model.encode_texts(texts), strict=True):
                own.append(Vector(space, _packed(vector)))
    return made


def _prepared(
    source: Source, models: Models[PictureEmbedder], found: Sights, check: Callable[[], None]
) -> list[Any]:  # Any: as each model wants it
    from pipelines.media.picture import read_picture

    check()
    try:
        upright = read_picture(source.path).upright
    except BadInput as error:
        found.unseen[source.path] = f"{source.name!r} is found by its words alone ({error.message})"
        return []
    return [model.prepare(upright) for _, model in models.loaded]


def _dimensions(model: PictureEmbedder) -> int:
    from PIL import Image

    return len(model.encode([model.prepare(Image.new("RGB", (64, 64)))])[0])


def _packed(vector: Sequence[float]) -> bytes:
    return pack(f"<{len(vector)}f", *vector)


Load = Callable[[Space | None], tuple[Space, M, EngineUsed, Sequence[str]]]


def _loaded(load: Load[M], spaces: Sequence[Space], otherwise: str) -> Models[M]:
    """Raises OutOfMemory, for memory comes back."""
    loaded: list[tuple[Space, M]] = []
    used: list[EngineUsed] = []
    warnings: list[str] = []
    for space in spaces or (None,):
        try:
            its, model, engine, told = load(space)
        except OutOfMemory:
            raise
        except (EngineUnavailable, TransientFailure) as error:
            warnings.append(f"{otherwise} ({error.message})")
            continue
        loaded.append((its, model))
        used.append(engine)
        warnings.extend(told)
    return Models(loaded, used, warnings)
