"""Health and metrics: for whoever keeps the process running, not for users."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.metrics import CONTENT_TYPE
from api.room import room
from api.routes.documented import content, json_of, problems
from api.schemas.house import Health
from triptych.database import DatabaseAway
from triptych.workers import present

routes = APIBlueprint("health", __name__, abp_tags=[{"name": "health"}])
scraped = APIBlueprint("metrics", __name__, abp_tags=[{"name": "health"}])


@routes.get("/health/live", responses={200: json_of(Health), **problems()})
def live() -> Response:
    """Tell that the process answers."""
    return answer(Health(status="ok"))


@routes.get("/health/ready", responses={200: json_of(Health), 503: json_of(Health), **problems()})
def ready() -> Response:
    """Tell whether work can be taken: 503 without the database; without Redis it is taken and waits."""
    store = room().store
    try:
        present(store)
    except DatabaseAway:
        return answer(Health(status="unavailable", database=False, redis=store.wire.ping()), 503)
    redis = store.wire.ping()
    return answer(Health(status="ready" if redis else "degraded", database=True, redis=redis))


@scraped.get("/metrics", responses={200: content("Prometheus text", {"text/plain": {"schema": {"type": "string"}}})})
def metrics() -> Response:
    """Tell Prometheus the counts."""
    here = room()
    here.metrics.relay_clients.set(here.hub.clients)
    return Response(here.metrics.text(), content_type=CONTENT_TYPE)
