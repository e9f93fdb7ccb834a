"""Running a pipeline without a queue: in tests, benchmarks and a Python prompt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

from pipelines.catalogue import catalogue
from pipelines.checkpoint import Saved
from pipelines.contract import Context, JsonObject, ModelCache, Output, Part, Result, Run, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.errors import EngineUnavailable, PipelineError
from pipelines.house import Product, Wanted


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything one run gave."""

    parts: tuple[Part, ...]
    outputs: tuple[Output, ...]
    result: Result

    def output(self, name: str) -> Output:
        """The output called ``name``; KeyError names those there are."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise KeyError(f"no output {name!r}; there are {[output.name for output in self.outputs]}")


class MemoryCheckpoint:
    """A checkpoint as long-lived as this object: give it to one run, and then to the run that takes up from there."""

    def __init__(self) -> None:
        self.saves = 0
        self._saved: Saved | None = None
        self._yielded: list[Part] = []

    def load(self) -> Saved | None:
        """See ``Checkpoint``."""
        return self._saved

    def save(self, state: JsonObject) -> None:
        """See ``Checkpoint``; what is no JSON raises TypeError."""
        self._saved = Saved(json.loads(json.dumps(state, allow_nan=False)), tuple(self._yielded))
        self.saves += 1

    def following(self, run: Run) -> Run:
        """The run itself, whose parts are noted as it yields them."""
        self._yielded = []
        while True:
            try:
                made = next(run)
            except StopIteration as stop:
                return cast(Result, stop.value)
            if isinstance(made, Part):
                self._yielded.append(made)
            yield made


class NearbyJobs:
    """Other jobs where there is no queue: children run here, at once and one after the other, on the run's sources."""

    def __init__(self, sources: Sequence[Source], context: Context) -> None:
        self._sources = sources
        self._context = context

    def product(self, job_id: str) -> Product:
        """Raises EngineUnavailable: no job is kept."""
        raise EngineUnavailable(f"there is no job {job_id!r} outside of a worker")

    def children(self, wanted: Sequence[Wanted]) -> list[Product]:
        """See ``JobsPort``. Raises as ``run_pipeline`` does, but for failures, which are products too."""
        return [self._product(f"child-{number}", one) for number, one in enumerate(wanted)]

    def _product(self, name: str, wanted: Wanted) -> Product:
        workdir = self._context.workdir / name
        workdir.mkdir(exist_ok=True)
        sources = [self._sources[place] for place in wanted.sources]
        try:
            made = run_pipeline(wanted.pipeline, sources, wanted.params, replace(self._context, workdir=workdir))
        except PipelineError as error:
            told = {"code": error.code, "message": error.message}
            return Product(name, wanted.pipeline, "failed", wanted.params, (), {}, error=told)
        result = made.result
        engine = asdict(result.engine)
        done = (name, wanted.pipeline, "succeeded", wanted.params, made.parts, result.body, result.warnings)
        return Product(*done, engine=engine, outputs={one.name: one.path for one in made.outputs})


def standalone_context(workdir: Path, models_dir: Path | None = None, models: ModelCache | None = None) -> Context:
    """A context without a network, watched by nobody."""
    return Context(workdir, models_dir or workdir / "models", models or BoundedModelCache(), NoNetwork())


def run_pipeline(
    name: str,
    sources: Sequence[Source],
    params: Mapping[str, Any],  # Any: unchecked user input, as JSON gives it
    context: Context,
) -> Finished:
    """Run the pipeline called ``name`` to its end and collect what it yields.

    Raises KeyError for an unknown name, pydantic.ValidationError for bad params, PipelineError as the pipeline does.
    """
    pipeline = catalogue()[name]
    return run_to_the_end(pipeline.function(sources, pipeline.params.model_validate(params), context))


def run_to_the_end(run: Run) -> Finished:
    """Collect what ``run`` yields. Raises what it raises."""
    parts: list[Part] = []
    outputs: list[Output] = []
    while True:
        try:
            yielded = next(run)
        except StopIteration as stop:
            return Finished(tuple(parts), tuple(outputs), stop.value)
        if isinstance(yielded, Part):
            parts.append(yielded)
        else:
            outputs.append(yielded)
