"""The events of a batch's life, each built in one place."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from triptych.batches.batch import Batch
from triptych.events.event import Event, EventType


def got_on(batch: Batch, at: float) -> Event:
    """Its counts, or its state, have changed."""
    return _event(EventType.BATCH_PROGRESS, batch, at, {"eta_s": batch.eta_s})


def finished(batch: Batch, at: float) -> Event:
    """The last of its lines has ended, or it has."""
    return _event(EventType.BATCH_FINISHED, batch, at, {"error": batch.error})


def _event(event_type: EventType, batch: Batch, at: float, more: Mapping[str, Any]) -> Event:  # Any: JSON
    data = {"state": batch.state.value, "lines": asdict(batch.lines), **more}
    return Event(event_type, batch.owner, "", "", at, data, batch_id=batch.id)
