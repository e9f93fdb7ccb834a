"""Bringing a model as a job, so that its progress, its cancel, its retries and its history are those of every job."""

from collections.abc import Sequence

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Params, Result, Run, Source
from pipelines.engines.hub import Brought
from pipelines.engines.network import is_switched_off
from pipelines.errors import BadInput, EngineUnavailable
from pipelines.models.known import KnownModel, known_models
from pipelines.models.present import Found

PULL = "models.pull"
TIME_LIMIT_S = 6 * 3600.0  # three gigabytes at 150 KB a second


class PullParams(Params):
    """Which model to bring."""

    name: str = Field("whisper/base", max_length=200, title="Model", description="The name of a known model.")


@pipeline(
    name=PULL,
    title="Bring a model",
    lane=Lane.NET,
    accepts=(),
    params=PullParams,
    max_sources=0,
    min_sources=0,
    time_limit_s=TIME_LIMIT_S,
)
def pull(sources: Sequence[Source], params: PullParams, context: Context) -> Run:  # noqa: ARG001 - it has none
    """Fetch the weights of a known model into the directory of models, unless they are there."""
    known = known_models().get(params.name)
    if known is None:
        raise BadInput(f"no model is called {params.name!r}: GET /api/v1/models lists those there are")
    yield from ()  # a run is a generator; this one has neither parts nor outputs
    return brought(known, context)


def brought(model: KnownModel, context: Context) -> Result:
    """Have ``model`` here, and tell its files. Raises EngineUnavailable offline, and what its ``bring`` raises."""
    warnings: tuple[str, ...] = ()
    if not model.find(context.models_dir) and model.bring is not None:
        if is_switched_off(context.network):
            raise EngineUnavailable(
                f"this machine is told to stay offline: put the weights of {model.name} into the models' folder, or "
                "unset TRIPTYCH_OFFLINE"
            )
        came = model.bring(context)
        warnings = _unverified(came.unverified) if isinstance(came, Brought) else ()
    here = Found(model.name, model, model.find(context.models_dir))
    body = {"name": model.name, "files": [path.name for path in here.files], "size_bytes": here.size_bytes}
    return Result(body, EngineUsed(model.engine, model.name), warnings)


def _unverified(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"The hub states no checksum of {', '.join(names)}: nothing says that they are what was published.",)
