"""Pipelines that do nothing, so that what is measured is everything around them.

As values only: the API and the workers of a measurement have them in their catalogue by importing bench.noop_declared.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Result, Run, Source


def noop(sources: Sequence[Source], params: NoParams, context: Context) -> Run:  # noqa: ARG001  the contract's arguments
    """Do nothing and succeed."""
    yield from ()
    return Result({}, EngineUsed("none", "none"))


NAME = "bench.noop"
NOOP = Pipeline(NAME, "Do nothing", Lane.CPU, ("text/plain",), NoParams, noop)
BATCHED_NOOP = replace(NOOP, name="bench.noop_batched", batch=64)
