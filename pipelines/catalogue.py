"""The pipeline catalogue: the one registry of the house. A pipeline is one module; importing it declares it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Any

from pipelines.contract import Context, Lane, Params, Run, RunMany, Source
from pipelines.engines.selection import Surroundings

FOLDERS = (
    "pipelines.audio",
    "pipelines.chat",
    "pipelines.fusion",
    "pipelines.image",
    "pipelines.memory",
    "pipelines.models",
    "pipelines.text",
)
LAST = 100
TIME_LIMIT_S = 3600.0
REMEMBERED_KINDS = frozenset({"audio", "fusion", "image", "text"})

PipelineFunction = Callable[[Sequence[Source], Any, Context], Run]  # Any: each pipeline narrows to its own Params
MadeBy = Callable[[Any, Surroundings], str]  # Any: as above


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A declared pipeline.

    ``accepts`` holds media type patterns such as ``audio/*``; a run has one source unless ``max_sources`` says more,
    and at least one unless ``min_sources`` says that it needs none; with neither it works on its parameters alone.
    Of several that accept a medium, the one with the lowest ``rank`` is offered first.

    ``time_limit_s``: the longest a run may take unless the job says otherwise. ``batch``: how many jobs at most one
    message carries and one process works on together, for pipelines whose runs are short; ``run_many`` does them at
    once. ``made_by``: a word that changes with the engine, the model or the version that would do these params here
    now; it is part of the key under which results are kept for reuse. None: results are never reused. The engine that
    a result then names stands in it as a word of its own, or the result is another's. ``remember``: whether what its
    jobs make is worth remembering; None: as is usual of its kind.

    ``is_internal``: jobs of it are asked for by the house alone, on behalf of something else that its owner did.
    """

    name: str
    title: str
    lane: Lane
    accepts: tuple[str, ...]
    params: type[Params]
    function: PipelineFunction
    max_sources: int = 1
    rank: int = LAST
    _: KW_ONLY
    time_limit_s: float = TIME_LIMIT_S
    batch: int = 1
    run_many: RunMany | None = None
    made_by: MadeBy | None = None
    min_sources: int = 1
    remember: bool | None = None
    is_internal: bool = False

    @property
    def help(self) -> str:
        """The function's docstring: the API's and the UI's help text."""
        return inspect.getdoc(self.function) or ""

    @property
    def kind(self) -> str:
        """The first half of the name, such as audio, chat, fusion, image, memory, models or text."""
        return self.name.partition(".")[0]

    @property
    def makes_memories(self) -> bool:
        """Whether what its jobs make becomes memories, unless who asks for a job, or the settings, say otherwise."""
        return self.kind in REMEMBERED_KINDS if self.remember is None else self.remember

    def takes(self, media_type: str) -> bool:
        """Whether a source of this media type is accepted."""
        return any(fnmatchcase(media_type, pattern) for pattern in self.accepts)


_declared: dict[str, Pipeline] = {}


def pipeline(
    *,
    name: str,
    title: str,
    lane: Lane,
    accepts: Sequence[str],
    params: type[Params],
    max_sources: int = 1,
    rank: int = LAST,
    time_limit_s: float = TIME_LIMIT_S,
    batch: int = 1,
    run_many: RunMany | None = None,
    made_by: MadeBy | None = None,
    min_sources: int = 1,
    remember: bool | None = None,
    is_internal: bool = False,
) -> Callable[[PipelineFunction], PipelineFunction]:
    """Declare the decorated generator function as a pipeline; see ``Pipeline``.

    Raises ValueError when the name is taken, the docstring, which is the user's help, is missing, or the numbers
    make no sense.
    """

    def declare(function: PipelineFunction) -> PipelineFunction:
        if name in _declared and _place(_declared[name].function) != _place(function):
            first = _place(_declared[name].function)
            raise ValueError(f"pipeline {name!r} is declared twice: by {first} and {_place(function)}")
        if not inspect.getdoc(function):
            raise ValueError(f"pipeline {name!r} has no docstring: it is the help shown to users")
        declared = Pipeline(
            name,
            title,
            lane,
            tuple(accepts),
            params,
            function,
            max_sources,
            rank,
            time_limit_s=time_limit_s,
            batch=batch,
            run_many=run_many,
            made_by=made_by,
            min_sources=min_sources,
            remember=remember,
            is_internal=is_internal,
        )
        _refuse_nonsense(declared)
        _declared[name] = declared
        return function

    return declare


def _refuse_nonsense(declared: Pipeline) -> None:
    if not declared.time_limit_s > 0:
        raise ValueError(f"pipeline {declared.name!r} has a time limit of {declared.time_limit_s} s: give it some time")
    if declared.batch < 1:
        raise ValueError(f"pipeline {declared.name!r} has batches of {declared.batch}: 1 is a job by itself")
    if not 0 <= declared.min_sources <= declared.max_sources:
        raise ValueError(
            f"pipeline {declared.name!r} takes {declared.min_sources} to {declared.max_sources} sources: say which"
        )
    if declared.run_many is not None and declared.batch == 1:
        raise ValueError(f"pipeline {declared.name!r} runs many at once but has batches of 1: say how many")


def _place(function: PipelineFunction) -> str:
    return f"{function.__module__}.{function.__qualname__}"


@cache
def catalogue() -> Mapping[str, Pipeline]:
    """Every pipeline by name, those to be offered first in front; imports each pipeline module once."""
    for folder in FOLDERS:
        package = importlib.import_module(folder)
        for module in pkgutil.iter_modules(package.__path__, prefix=f"{folder}."):
            importlib.import_module(module.name)
    return MappingProxyType({one.name: one for one in sorted(_declared.values(), key=lambda one: (one.rank, one.name))})
