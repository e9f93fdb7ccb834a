"""One job's events for clients without a WebSocket."""

from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from api.relay.job_stream import job_stream, stored_events
from api.room import attend, owner, room
from api.routes.documented import content, problems
from api.schemas.requests import JobPath
from triptych.jobs.reading import get_job

routes = APIBlueprint("events", __name__, url_prefix="/api/v1/jobs", abp_tags=[{"name": "events"}])

_STREAM = {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Message"}}}


@routes.get(
    "/<uuid:job_id>/events",
    responses={200: content("The events, as `data:` of SSE", _STREAM), 204: None, **problems("not_found")},
)
def stream(path: JobPath) -> Response:
    """Stream a job's events from its creation, or from `Last-Event-ID`, until it has ended.

    204 says that the end has been told already: an EventSource then stops asking.
    """
    here, job_id = room(), str(path.job_id)
    get_job(here.store, owner(), job_id)
    after = request.headers.get("Last-Event-ID")
    with ExitStack() as stack:
        attached = stack.enter_context(attend(job_id))
        job = get_job(here.store, owner(), job_id)
        stored = stored_events(here.hub, attached, job, after)
        if after is not None and stored.whole and not stored.events and job.is_finished:
            return Response(status=HTTPStatus.NO_CONTENT)
        kept = stack.pop_all()

    def frames() -> Iterator[str]:
        with kept:
            yield from job_stream(here.store, job, attached, stored)

    response = Response(frames(), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(kept.close)
    return response
