"""memory.map: everything that is remembered as points of a plane, what means alike close together."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Result, Run, Source
from pipelines.errors import BadInput
from pipelines.house import Modality, Space
from pipelines.spaces import Placed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAP = "memory.map"
MAP_TYPE = "application/vnd.triptych.map+json"
MOST_POINTS = 20_000
TEXT_CHARACTERS = 160
DECIMALS = 4
NO_T_SNE = (
    "scikit-learn is not installed (pip install 'triptych[text]'): the map shows the two directions in which the "
    "memories differ most, and neighbours there need not be alike."
)


class MapParams(Params):
    """What to draw."""

    limit: int = Field(
        5000, ge=1, le=MOST_POINTS, title="Points", description="The newest so many memories are drawn, one point each."
    )
    modality: Modality | None = Field(
        None, title="Modality", description="Draw what was heard, seen or read alone; all of it if this is left out."
    )


@pipeline(
    name=MAP,
    title="Draw a map of the memory",
    lane=Lane.CPU,
    accepts=(),
    params=MapParams,
    max_sources=0,
    min_sources=0,
    time_limit_s=900,  # 10,000 points of 384 numbers took 52 s on a busy core
)
def draw(sources: Sequence[Source], params: MapParams, context: Context) -> Run:  # noqa: ARG001 - it has none
    """Lay out the newest memories so that those of like meaning lie together.

    It needs memories with vectors: where no model can make any, there is no map.
    """
    from pipelines.media.projection import LANDMARKS, project

    context.progress(0.0, "reading the vectors")
    read, has_t_sne = _read(params, context), find_spec("sklearn") is not None
    made = project(read.vectors, context.check, _laying_out(context), LANDMARKS if has_t_sne else 0)
    context.progress(0.9, "writing")
    yield _written(read.shown, made.points, made.method, context)
    body = {"points": len(read.shown), "method": made.method, "models": [space.model for space in read.spaces]}
    return Result(body, _used(made.method, read.spaces), [*_warnings(read, params), *([] if has_t_sne else [NO_T_SNE])])


@dataclass(frozen=True, slots=True)
class _Read:
    """What is to be drawn, beside its vectors: one row each, of the vectors of every space one behind the other."""

    shown: Sequence[Placed]
    spaces: Sequence[Space]
    vectors: "NDArray[np.float32]"
    are_more: bool


def _laying_out(context: Context) -> Callable[[float], None]:
    context.progress(0.2, "laying out the points")
    return lambda done: context.progress(0.2 + 0.7 * done, "laying out the points")


def _read(params: MapParams, context: Context) -> _Read:
    import numpy as np

    pages = context.spaces.newest(params.limit + 1, params.modality)
    shown, rows = [], []
    for one in islice(_each(pages, context), params.limit + 1):
        rows.append({vector.space: np.frombuffer(vector.values, "<f4") for vector in one.vectors})
        shown.append(_without_vectors(one))
    if not shown:
        raise BadInput(
            "There is nothing to draw: no memory has a vector. GET /api/v1/memory/status tells whether any are made.",
            code="no_vectors",
        )
    are_more = len(shown) > params.limit
    shown, rows = shown[: params.limit], rows[: params.limit]
    spaces = sorted({space for row in rows for space in row}, key=lambda space: (space.kind, space.model))
    return _Read(shown, spaces, _side_by_side(rows, spaces), are_more)


def _each(pages: Iterator[Sequence[Placed]], context: Context) -> Iterator[Placed]:
    for page in pages:
        context.check()
        yield from page


def _without_vectors(one: Placed) -> Placed:
    return Placed(one.memory_id, one.kind, one.modality, one.title, one.text[:TEXT_CHARACTERS], ())


def _side_by_side(rows: Sequence[dict[Space, Any]], spaces: Sequence[Space]) -> "NDArray[np.float32]":
    """One vector of length 1 a memory, of those that it has: zeros stand for what it lacks.

    So memories that share a space are compared there, those that share none lie far apart, and one with vectors in two
    spaces lies between.
    """
    import numpy as np

    ends = np.cumsum([0, *(space.dimensions for space in spaces)])
    vectors = np.zeros((len(rows), ends[-1]), np.float32)
    for number, row in enumerate(rows):
        for space, start in zip(spaces, ends, strict=False):
            if space in row:
                vectors[number, start : start + space.dimensions] = row[space]
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def _written(shown: Sequence[Placed], points: "NDArray[np.float32]", method: str, context: Context) -> Output:
    """One point a line, written as it is told: memory does not hold the file."""
    path = context.workdir / "map.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"points": [')
        for number, (one, (x, y)) in enumerate(zip(shown, points.tolist(), strict=True)):
            file.write((",\n" if number else "\n") + json.dumps(_told(one, x, y), ensure_ascii=False))
        file.write(f'\n], "method": {json.dumps(method)}}}\n')
    return Output(path.name, MAP_TYPE, path)


def _told(one: Placed, x: float, y: float) -> dict[str, str | float]:
    return {
        "id": one.memory_id,
        "x": round(x, DECIMALS),
        "y": round(y, DECIMALS),
        "modality": one.modality,
        "kind": one.kind,
        "title": one.title,
        "text": one.text,
    }


def _used(method: str, spaces: Sequence[Space]) -> EngineUsed:
    models = ", ".join(space.model for space in spaces)
    if method == "pca":
        return EngineUsed("numpy", f"PCA of {models}", version("numpy"))
    return EngineUsed("scikit-learn", f"t-SNE of {models}", version("scikit-learn"))


def _warnings(read: _Read, params: MapParams) -> Sequence[str]:
    if not read.are_more:
        return ()
    return (f"There are more memories than are drawn: these are the newest {params.limit:,}.",)
