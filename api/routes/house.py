"""The house: voices, lanes, workers, counts."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api import engines
from api.answers import answer
from api.room import owner, room
from api.routes.documented import json_of, problems
from api.schemas.house import (
    Count,
    LaneList,
    LaneLoad,
    Pause,
    SpeakerList,
    Stats,
    Worker,
    WorkerList,
)
from triptych.jobs.counts import lane_loads, running_by_worker, tallies
from triptych.jobs.states import JobState
from triptych.times import iso_time
from triptych.workers import present

routes = APIBlueprint("house", __name__, url_prefix="/api/v1", abp_tags=[{"name": "house"}])


@routes.get("/voices", responses={200: json_of(SpeakerList), **problems()})
def voices() -> Response:
    """List the engines that read aloud, with their languages and voices; `/models` tells which can run now."""
    return answer(SpeakerList(items=engines.speakers()))


@routes.get("/lanes", responses={200: json_of(LaneList), **problems()})
def lanes() -> Response:
    """Tell what each lane has to do and is doing, everybody's jobs together."""
    told = [
        LaneLoad(
            lane=load.lane,
            queued=load.queued,
            running=load.running,
            paused=[Pause(pipeline=one.pipeline, until=iso_time(one.until), reason=one.reason) for one in load.paused],
        )
        for load in lane_loads(room().store)
    ]
    return answer(LaneList(items=told))


@routes.get("/workers", responses={200: json_of(WorkerList), **problems()})
def workers() -> Response:
    """List the workers that have lately said that they are there."""
    running = running_by_worker(room().store)
    told = [
        Worker(
            name=worker.name,
            lanes=list(worker.lanes),
            slots=worker.slots,
            running=running.get(worker.name, 0),
            seen_at=iso_time(worker.seen_at),
        )
        for worker in present(room().store)
    ]
    return answer(WorkerList(items=told))


@routes.get("/stats", responses={200: json_of(Stats), **problems()})
def stats() -> Response:
    """Count the caller's jobs by state, and by pipeline and state."""
    counts = [
        Count(pipeline=one.pipeline, state=JobState(one.state), jobs=one.jobs) for one in tallies(room().store, owner())
    ]
    states = {state: sum(one.jobs for one in counts if one.state is state) for state in JobState}
    return answer(Stats(states=states, items=counts))
