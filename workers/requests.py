"""A ring as Celery's consumer holds it, between Redis and the process that answers it."""

from celery.worker.request import Request


class HeardRing(Request):  # type: ignore[misc]  # Celery ships no types
    """A message that left Redis as it was read: a lost one is rung again by the sweep, so none is kept for a return."""

    def acknowledge(self) -> None:
        """Do nothing: Celery would tell Redis, in a round trip of its own, and remember for ever that it did."""
        self.acknowledged = True
