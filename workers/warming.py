"""Loading the models of ``TRIPTYCH_WARM`` at the start of a process, so that its first job need not wait for them."""

from collections.abc import Collection, Mapping, Sequence
from threading import Thread

import structlog

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, Network
from pipelines.engines.answering import IMPORTING
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.errors import PipelineError
from pipelines.models.present import find_models
from pipelines.models.warm import family_of, warm
from triptych.settings import Settings

log = structlog.get_logger()


def models_for(lanes: Collection[str], settings: Settings, pipelines: Mapping[str, Pipeline]) -> list[str]:
    """The models to warm that jobs of these lanes use."""
    users = {name: pipelines.get(family_of(name).pipeline) for name in settings.warm_models}
    return [name for name, pipeline in users.items() if pipeline is not None and pipeline.lane in lanes]


def warm_in_background(names: Sequence[str], models: BoundedModelCache, settings: Settings, network: Network) -> None:
    """Load the models called ``names`` from a thread of their own; a job that needs one shares its load."""
    if names:
        Thread(target=warm_all, args=(names, models, settings, network), name="warming", daemon=True).start()


def replies_are_written_here(lanes: Collection[str], settings: Settings) -> bool:
    """Whether a worker of these lanes asks a server for answers."""
    return Lane.NET in lanes and bool(settings.answer_url)


def warm_replies_in_background() -> None:
    """Import what asks a server for answers from a thread of its own: the first reply need not wait for it."""
    Thread(target=_warm_replies, name="warming replies", daemon=True).start()


def _warm_replies() -> None:
    with IMPORTING:
        import pipelines.dialogue.attachments
        import pipelines.dialogue.entitling
        import pipelines.dialogue.writing  # noqa: F401  each for the time that it takes
        from pipelines.engines.chat_server import prepare

    prepare()
    log.info("warmed", model="the client of the answer server")


def warm_all(names: Sequence[str], models: BoundedModelCache, settings: Settings, network: Network) -> None:
    """Load one after the other those that fit into what is left of the cache; what cannot be loaded is logged."""
    context = Context(settings.work, settings.models, models, network)
    for name in names:
        need_bytes, held_bytes = _need_bytes(name, settings), sum(models.loaded_bytes().values())
        if held_bytes + need_bytes > settings.model_bytes:
            log.warning("not warmed: TRIPTYCH_MODEL_BYTES leaves no room", model=name, need_bytes=need_bytes)
            continue
        try:
            warm(name, context)
        except PipelineError as error:
            log.warning("not warmed", model=name, error=error.message)
        else:
            log.info("warmed", model=name)


def _need_bytes(name: str, settings: Settings) -> int:
    """What is known beforehand of what it takes: its size on the disk, else its published size; 0 where neither is."""
    found = find_models(settings.models).get(name)
    if found is None:
        return 0
    return found.size_bytes or (found.known.memory_bytes if found.known else None) or 0
