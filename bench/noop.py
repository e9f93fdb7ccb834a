"""A pipeline that does nothing, so that what is measured is everything around it. Known only where bench imports it."""

from collections.abc import Sequence

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Result, Run, Source

NAME = "bench.noop"


@pipeline(name=NAME, title="Do nothing", lane=Lane.CPU, accepts=("text/plain",), params=NoParams)
def noop(sources: Sequence[Source], params: NoParams, context: Context) -> Run:  # noqa: ARG001  the contract's arguments
    """Do nothing and succeed."""
    yield from ()
    return Result({}, EngineUsed("none", "none"))
