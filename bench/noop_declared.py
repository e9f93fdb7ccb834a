"""Puts the no-op pipelines into the catalogue of the process that imports this."""

from bench.noop import BATCHED_NOOP, LONG_NAP, NOOP, SHORT_NAP
from pipelines.catalogue import pipeline

for one in (NOOP, BATCHED_NOOP, SHORT_NAP, LONG_NAP):
    pipeline(name=one.name, title=one.title, lane=one.lane, accepts=one.accepts, params=one.params, batch=one.batch)(
        one.function
    )
