"""Work on all that is remembered, as jobs: a map of it, and vectors of another model."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.problems import Refused
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import body, json_of, problems
from api.schemas.job import Job
from api.schemas.memory import MapJob
from pipelines.catalogue import catalogue
from pipelines.memory.map import MAP, MapParams
from pipelines.memory.reindex import REINDEX, ReindexParams
from triptych.jobs.job import Job as StoredJob
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission

routes = APIBlueprint("memory_jobs", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])

MOST = 100  # of these jobs are looked through


@routes.get("/map", responses={200: json_of(MapJob), **problems()})
def newest_map() -> Response:
    """Tell the job that drew the newest map, or is to draw it; null where none was asked for."""
    newest = list_jobs(room().store, owner(), Filter(pipeline=MAP), 1)
    return answer(MapJob(Job.of(newest[0]) if newest else None))


@routes.post("/map", request_body=body(json="MapParams"), responses={202: json_of(Job), **problems(400, 413, 422, 429)})
def draw_map() -> Response:
    """Have a map drawn by a job; its output `map.json` has the points."""
    return _accepted(_submitted(MAP, asked_body(MapParams).model_dump(mode="json")))


@routes.post(
    "/reindex",
    request_body=body(json="ReindexParams"),
    responses={202: json_of(Job), **problems(400, 409, 413, 422, 429)},
)
def reindex() -> Response:
    """Have everything compared by another model, by a job; the same one while it is under way.

    The old vectors are searched until all of the new ones are there. Answers 409 `reindexing` while another model's are
    made: cancel that job first.
    """
    params = asked_body(ReindexParams).model_dump(mode="json")
    for job in _under_way(params["kind"]):
        if dict(job.params) == params:
            return _accepted(job)
        raise Refused(
            409, "reindexing", f"vectors of {job.params['model']} are being made: cancel the job {job.id} first"
        )
    return _accepted(_submitted(REINDEX, params))


def _under_way(kind: str) -> list[StoredJob]:
    unfinished = (JobState.RUNNING, JobState.QUEUED)
    found = [job for state in unfinished for job in list_jobs(room().store, owner(), Filter(state, REINDEX), MOST)]
    return [job for job in found if job.params["kind"] == kind]


def _submitted(name: str, params: Mapping[str, Any]) -> StoredJob:  # Any: JSON
    return room().writer.submit(room().store, Submission(owner(), catalogue()[name], params))


def _accepted(job: StoredJob) -> Response:
    response = answer(Job.of(job), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return response
