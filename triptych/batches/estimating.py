"""How long the lines of a batch should take: what each pipeline's recent runs took, shared by the slots of its lane."""

from collections.abc import Mapping

from sqlalchemy import Connection

from pipelines.catalogue import catalogue
from triptych.store import Store


def estimate_s(connection: Connection, store: Store, pipelines: Mapping[str, int]) -> float | None:
    """Seconds for so many jobs of each pipeline, were nothing else to do; lanes work side by side.

    None where one of the pipelines was never run lately, or no worker serves its lane.
    """
    lanes: dict[str, float] = {}
    for name, count in pipelines.items():
        if (pipeline := catalogue().get(name)) is None:
            return None
        pace = store.paces.pace(connection, pipeline.lane, name, store.clock())
        if pace.mean_run_s is None or not pace.slots:
            return None
        lanes[pipeline.lane] = lanes.get(pipeline.lane, 0.0) + count * pace.mean_run_s / pace.slots
    return round(max(lanes.values()), 1) if lanes else None
