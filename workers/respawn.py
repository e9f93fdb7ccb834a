"""Replacing a dead process soon: Celery misses some deaths, such as of two at once, until it looks every 5 seconds."""

from typing import Any

from celery import bootsteps

LOOK_EVERY_S = 0.5


class Respawn(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery ships no types
    """Has a pool of processes look more often for those that have died; other pools have nothing to look after."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:  # Any: Celery's consumer and options
        super().__init__(parent, **kwargs)
        self._timer: Any = None  # Any: kombu's

    def register_with_event_loop(self, consumer: Any, hub: Any) -> None:  # Any: Celery's consumer, kombu's loop
        """Begin to look, anew whenever the loop begins anew."""
        pool: Any = getattr(consumer.pool, "_pool", None)  # Any: Celery's
        if self._timer is not None:
            self._timer.cancel()
        if hasattr(pool, "maintain_pool"):
            self._timer = hub.call_repeatedly(LOOK_EVERY_S, pool.maintain_pool)
