"""The pipeline catalogue: the one registry of the house. A pipeline is one module; importing it declares it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Any

from pipelines.contract import Context, Lane, Params, Run, Source

FOLDERS = ("pipelines.audio", "pipelines.image", "pipelines.text")
LAST = 100

PipelineFunction = Callable[[Sequence[Source], Any, Context], Run]  # Any: each pipeline narrows to its own Params


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A declared pipeline.

    ``accepts`` holds media type patterns such as ``audio/*``; a run has one source unless ``max_sources`` says more.
    Of several that accept a medium, the one with the lowest ``rank`` is offered first.
    """

    name: str
    title: str
    lane: Lane
    accepts: tuple[str, ...]
    params: type[Params]
    function: PipelineFunction
    max_sources: int = 1
    rank: int = LAST

    @property
    def help(self) -> str:
        """The function's docstring: the API's and the UI's help text."""
        return inspect.getdoc(self.function) or ""

    @property
    def kind(self) -> str:
        """The first half of the name: audio, image or text."""
        return self.name.partition(".")[0]

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
) -> Callable[[PipelineFunction], PipelineFunction]:
    """Declare the decorated generator function as a pipeline.

    Raises ValueError when the name is taken or the docstring, which is the user's help, is missing.
    """

    def declare(function: PipelineFunction) -> PipelineFunction:
        if name in _declared and _place(_declared[name].function) != _place(function):
            first = _place(_declared[name].function)
            raise ValueError(f"pipeline {name!r} is declared twice: by {first} and {_place(function)}")
        if not inspect.getdoc(function):
            raise ValueError(f"pipeline {name!r} has no docstring: it is the help shown to users")
        _declared[name] = Pipeline(name, title, lane, tuple(accepts), params, function, max_sources, rank)
        return function

    return declare


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
