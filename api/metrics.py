"""What Prometheus reads: requests, uploads, watchers, the lanes' load at this moment, the models' passes."""

from collections.abc import Iterator
from contextlib import suppress
from math import inf
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from triptych.database import DatabaseAway
from triptych.jobs.counts import lane_loads
from triptych.passes import Measure, pass_histograms
from triptych.store import Store

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})  # else the client would name series
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """One application's metrics, in a registry of its own."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "triptych_http_requests", "Requests answered.", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "triptych_http_request_seconds", "Seconds to answer a request.", ["route"], registry=self.registry
        )
        self.upload_bytes = Counter("triptych_upload_bytes", "Bytes of files taken in.", registry=self.registry)
        self.relay_clients = Gauge("triptych_relay_clients", "Clients attached to the relay.", registry=self.registry)
        self.registry.register(_Lanes(store))
        self.registry.register(_Passes(store))

    def text(self) -> bytes:
        """The exposition."""
        return generate_latest(self.registry)


class _Lanes(Collector):
    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> list[Metric]:
        return []  # nothing is asked of the database when the collector is registered

    def collect(self) -> Iterator[Metric]:
        queued = GaugeMetricFamily("triptych_jobs_queued", "Jobs that wait, by lane.", labels=["lane"])
        running = GaugeMetricFamily("triptych_jobs_running", "Jobs that run, by lane.", labels=["lane"])
        with suppress(DatabaseAway):  # the process's own counts are told all the same
            for load in lane_loads(self._store):
                queued.add_metric([load.lane], load.queued)
                running.add_metric([load.lane], load.running)
        yield from (queued, running)


class _Passes(Collector):
    """Those of all workers, as their processes have written them down: a worker has no port of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        told = {
            Measure.ITEMS: HistogramMetricFamily("triptych_pass_items", "Items a pass of a model.", labels=["kind"]),
            Measure.WAIT_S: HistogramMetricFamily(
                "triptych_pass_wait_seconds", "Seconds that a pass's first item had waited for it.", labels=["kind"]
            ),
        }
        with suppress(DatabaseAway):
            for one in pass_histograms(self._store):
                buckets = [("+Inf" if bound == inf else str(float(bound)), count) for bound, count in one.up_to]
                told[one.measure].add_metric([one.kind], buckets, one.total)
        yield from told.values()


def register_metrics(app: Flask, metrics: Metrics) -> None:
    """Have ``app`` count its requests by route, never by path: there are as many paths as jobs."""

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unmatched"
        method = request.method if request.method in METHODS else "other"
        metrics.requests.labels(route, method, response.status_code).inc()
        if began := g.get("began"):
            metrics.seconds.labels(route).observe(perf_counter() - began)
        return response
