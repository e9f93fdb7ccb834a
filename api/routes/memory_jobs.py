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
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.job import Job
from api.schemas.memory import MapJob
from pipelines.catalogue import catalogue
from pipelines.memory.map import MAP, MapParams
from pipelines.memory.reindex import REINDEX, ReindexParams
from triptych.jobs.job import Job as StoredJob
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.submission import Submission
from triptych.memory.reindexing import reindexing

routes = APIBlueprint("memory_jobs", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])


@routes.get("/map", responses={200: json_of(MapJob), **problems()})
def newest_map() -> Response:
    """Tell the job that drew the newest map, or is to draw it; null where none was asked for."""
    newest = list_jobs(room().store, owner(), Filter(pipeline=MAP), 1)
    return answer(MapJob(Job.of(newest[0]) if newest else None))


@routes.post(
    "/map", request_body=body(json="MapParams"), responses={202: json_of(Job), **problems(*JSON_BODY, "quota_exceeded")}
)
def draw_map() -> Response:
    """Have a map drawn by a job; its output `map.json` has the points."""
    return _accepted(_submitted(MAP, asked_body(MapParams).model_dump(mode="json")))


@routes.post(
    "/reindex",
    request_body=body(json="ReindexParams"),
    responses={202: json_of(Job), **problems(*JSON_BODY, "reindexing", "quota_exceeded")},
)
def reindex() -> Response:
    """Have everything compared by another model, by a job; the same one while it is under way.

    It makes the vectors of everybody's memories, and the old ones are searched until all are there. One such job is
    under way at a time for each kind: 409 `reindexing`, with its id where it makes another model's, and without where
    it is somebody else's.
    """
    wanted = asked_body(ReindexParams)
    under_way = reindexing(room().store, wanted.kind)
    if under_way is None:
        return _accepted(_submitted(REINDEX, wanted.model_dump(mode="json")))
    if (under_way.owner, under_way.model) == (owner(), wanted.model):
        return _accepted(get_job(room().store, owner(), under_way.job_id))
    if under_way.owner != owner():
        raise Refused(409, "reindexing", "vectors of this kind are being made by somebody else's job: wait for its end")
    told = f"vectors of {under_way.model} are being made by the job {under_way.job_id}"
    raise Refused(409, "reindexing", f"{told}: cancel it first, or wait until it is finished")


def _submitted(name: str, params: Mapping[str, Any]) -> StoredJob:  # Any: JSON
    return room().writer.submit(room().store, Submission(owner(), catalogue()[name], params))


def _accepted(job: StoredJob) -> Response:
    response = answer(Job.of(job), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return response
