"""Pipelines that do nothing, or nothing but take their time: what is measured is everything around them.

As values only: the API and the workers of a measurement have them in their catalogue by importing bench.noop_declared.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Params, Result, Run, Source


def noop(sources: Sequence[Source], params: NoParams, context: Context) -> Run:  # noqa: ARG001  the contract's arguments
    """Do nothing and succeed."""
    yield from ()
    return Result({}, EngineUsed("none", "none"))


class NapParams(Params):
    """How long to do nothing."""

    seconds: float


def nap(sources: Sequence[Source], params: NapParams, context: Context) -> Run:  # noqa: ARG001  the contract's
    """Do nothing for a while and succeed."""
    time.sleep(params.seconds)
    yield from ()
    return Result({}, EngineUsed("none", "none"))


NAME = "bench.noop"
NOOP = Pipeline(NAME, "Do nothing", Lane.CPU, ("text/plain",), NoParams, noop)
SHORT_NAP, LONG_NAP = (
    Pipeline(f"bench.{which}_nap", "Take a nap", Lane.CPU, ("text/plain",), NapParams, nap)
    for which in ("short", "long")
)
BATCHED_NOOP = replace(NOOP, name="bench.noop_batched", batch=64)
