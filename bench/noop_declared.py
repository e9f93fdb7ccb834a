"""Puts the no-op pipelines into the catalogue of the process that imports this."""

from bench.noop import BATCHED_NOOP, NOOP
from pipelines.catalogue import pipeline

for one in (NOOP, BATCHED_NOOP):
    pipeline(name=one.name, title=one.title, lane=one.lane, accepts=one.accepts, params=one.params, batch=one.batch)(
        one.function
    )
