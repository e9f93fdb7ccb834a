"""Jobs: ask for one, watch it, change one's mind, fetch what it made."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.offload import offload
from api.problems import Refused
from api.room import owner, room
from api.routes.documented import BYTES, FILE_BODY, JSON_BODY, body, content, json_of, problems
from api.routes.idempotency import idempotency_key
from api.routes.job_requests import Wanted, wanted_job, wanted_selection
from api.routes.sending import send_stored
from api.routes.waiting import wait_for_end, watching
from api.schemas.job import Attempt, AttemptList, Changed, Job, JobPage, Part, PartPage
from api.schemas.requests import DeleteQuery, JobPath, JobsQuery, OutputPath, PartsQuery, WaitQuery
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs import owner as owners
from triptych.jobs.job import Job as StoredJob
from triptych.jobs.reading import Filter, get_job, list_attempts, list_jobs, list_parts
from triptych.jobs.selection import Changes, Selection
from triptych.jobs.submission import Idempotency, Submission, check_media
from triptych.store import Store
from triptych.uploads import check_room, examine, read_files, text_file

routes = APIBlueprint("jobs", __name__, url_prefix="/api/v1/jobs", abp_tags=[{"name": "jobs"}])

_CREATE_PROBLEMS = problems(
    *(*JSON_BODY, *FILE_BODY, "not_found", "unknown_pipeline", "invalid_params", "wrong_media"),
    *("idempotency_mismatch", "quota_exceeded"),
)


@routes.post(
    "",
    request_body=body(json="JobRequest", form="JobForm"),
    responses={200: json_of(Job), 202: json_of(Job), **_CREATE_PROBLEMS},
)
def create(query: WaitQuery) -> Response:
    """Ask for a job: JSON with file ids or text, or one form with the file in it.

    Answers 202 at once; with `?wait=` 200 and the finished job if it ends in time. `Idempotency-Key` makes a
    repeat answer the first job.
    """
    key = idempotency_key()
    with ExitStack() as watch:
        with wanted_job() as wanted:
            job_id = new_id()  # now, since jobs are listed by it
            events = watch.enter_context(watching(job_id)) if query.wait else None
            job = _accept(wanted, job_id, key)
        if job.id != job_id:  # the first job of its key, which has got on since
            return _told(_standing(job.id, query.wait))
        return _told(wait_for_end(events, job, query.wait) if events else job)


@routes.get("", responses={200: json_of(JobPage), **problems("invalid_request")})
def index(query: JobsQuery) -> Response:
    """List jobs, newest first; those that other jobs asked for with `?parent=` alone."""
    parent, batch_id = (str(one) if one else None for one in (query.parent, query.batch_id))
    wanted = Filter(query.state, query.pipeline, query.before, parent, batch_id, query.since)
    found = list_jobs(room().store, owner(), wanted, query.limit + 1)
    page = found[: query.limit]
    return answer(JobPage(items=[Job.of(job) for job in page], next=page[-1].id if len(found) > len(page) else None))


@routes.get("/<uuid:job_id>", responses={200: json_of(Job), **problems("not_found", "invalid_request")})
def show(path: JobPath, query: WaitQuery) -> Response:
    """Tell where a job stands; with `?wait=` as soon as it has ended, or when the time is up."""
    return answer(Job.of(_standing(str(path.job_id), query.wait)))


@routes.delete("/<uuid:job_id>", responses={204: None, **problems("not_found", "job_not_finished", "invalid_request")})
def delete(path: JobPath, query: DeleteQuery) -> Response:
    """Remove a finished job with everything it made, and the jobs that it asked for.

    With `?inputs=true` also its inputs that no other job uses.
    """
    room().writer.change(owners.delete_job, room().store, owner(), str(path.job_id), with_inputs=query.inputs)
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.post("/<uuid:job_id>/cancel", responses={200: json_of(Job), **problems("not_found", "job_finished")})
def cancel(path: JobPath) -> Response:
    """Cancel a queued or running job, with the jobs that it asked for; doing it twice changes nothing."""
    room().writer.change(owners.cancel, room().store, owner(), str(path.job_id))
    return answer(Job.of(get_job(room().store, owner(), str(path.job_id))))


@routes.post(
    "/<uuid:job_id>/retry", responses={202: json_of(Job), **problems("not_found", "job_not_finished", "quota_exceeded")}
)
def retry(path: JobPath) -> Response:
    """Run a finished job again: same id, next attempt. One that failed goes on where it stopped, if it can.

    Of the jobs that it asked for, those run again that failed or were cancelled; of one that succeeded, all of them.
    """
    room().writer.change(owners.retry, room().store, owner(), str(path.job_id))
    return answer(Job.of(get_job(room().store, owner(), str(path.job_id))), HTTPStatus.ACCEPTED)


@routes.post(
    "/cancel", request_body=body(json="JobSelection"), responses={200: json_of(Changed), **problems(*JSON_BODY)}
)
def cancel_several() -> Response:
    """Cancel those of the selected jobs that are queued or running, up to 1,000 at a time."""
    return _changed(owners.cancel_many)


@routes.post(
    "/retry",
    request_body=body(json="JobSelection"),
    responses={200: json_of(Changed), **problems(*JSON_BODY, "quota_exceeded")},
)
def retry_several() -> Response:
    """Run those of the selected jobs again that are finished, up to 1,000 at a time and as many as may wait.

    Those that succeeded lose their results, and run again only where their ids or their state are given. Answers 429
    when none of them may wait.
    """
    return _changed(owners.retry_many)


@routes.get("/<uuid:job_id>/parts", responses={200: json_of(PartPage), **problems("not_found", "invalid_request")})
def parts(path: JobPath, query: PartsQuery) -> Response:
    """List the parts of the current attempt, in order."""
    found = list_parts(room().store, owner(), str(path.job_id), query.after, query.limit + 1)
    page = found[: query.limit]
    return answer(
        PartPage(items=[Part.of(part) for part in page], next=page[-1].seq if len(found) > len(page) else None)
    )


@routes.get("/<uuid:job_id>/attempts", responses={200: json_of(AttemptList), **problems("not_found")})
def attempts(path: JobPath) -> Response:
    """Tell a job's history: who ran it, from when to when, and how each run went wrong if it did."""
    found = list_attempts(room().store, owner(), str(path.job_id))
    return answer(AttemptList(items=[Attempt.of(attempt) for attempt in found]))


@routes.get(
    "/<uuid:job_id>/outputs/<name>",
    responses={200: content("The bytes", BYTES), **problems("not_found", "range_not_satisfiable")},
)
def output(path: OutputPath) -> Response:
    """Send an output's bytes; ranges are honoured."""
    job = get_job(room().store, owner(), str(path.job_id))
    for made in job.outputs:
        if made.name == path.name:
            return send_stored(made.blob, made.name, made.media_type, changed_at=job.finished_at)
    raise Refused(404, "not_found", f"the job has no output {path.name[:100]!r}")


def _changed(change: Callable[[Store, str, Selection], Changes]) -> Response:
    changed = room().writer.change(change, room().store, owner(), wanted_selection())
    return answer(Changed(jobs=changed.jobs, more=changed.next is not None, next=changed.next))


def _standing(job_id: str, wait_s: float) -> StoredJob:
    """A job that is there, as it stands or, when there is time to wait, once it has ended."""
    if not wait_s:
        return get_job(room().store, owner(), job_id)
    with watching(job_id) as events:
        return wait_for_end(events, get_job(room().store, owner(), job_id), wait_s)


def _accept(wanted: Wanted, job_id: str, key: str | None) -> StoredJob:
    """The job under the id ``job_id``, or the one that was accepted before under the same idempotency key."""
    here = room()
    new, content = _brought(wanted)
    here.metrics.upload_bytes.inc(sum(file.size_bytes for file in new))
    submission = Submission(
        owner=owner(),
        pipeline=wanted.pipeline,
        params=wanted.params,
        files=wanted.files,
        new_files=new,
        content=content,
        priority=wanted.asked.priority,
        time_limit_s=wanted.asked.time_limit_s,
        fresh=wanted.asked.fresh,
        remember=wanted.asked.remember,
        idempotency=Idempotency(key, wanted.fingerprint()) if key else None,
        id=job_id,
    )
    return here.writer.submit(here.store, submission)


def _brought(wanted: Wanted) -> tuple[list[File], dict[str, bytes]]:
    """What came with the request: its files, and by their ids those contents that are in no blob."""
    store = room().store
    if wanted.text is not None:
        file = text_file(store, owner(), wanted.text)
        check_media(wanted.pipeline, [file])
        return [file], {file.id: wanted.text.content}
    if not wanted.uploads:
        return [], {}  # whatever is wrong with stored files is found as the job is accepted
    known = read_files(store, owner(), wanted.files) if wanted.files else []
    return offload(_keep, store, owner(), wanted, known), {}


def _keep(store: Store, owner_id: str, wanted: Wanted, known: Sequence[File]) -> list[File]:
    """Look at the uploads, which come behind the ``known`` files, and keep the bytes of all of them or of none."""
    new = [examine(store, owner_id, upload) for upload in wanted.uploads]
    check_media(wanted.pipeline, [*known, *new])
    check_room(store, owner_id, new, jobs=1)
    for upload in wanted.uploads:
        store.blobs.keep(upload.draft)
    return new


def _told(job: StoredJob) -> Response:
    """A new job: 200 when it is through already, else 202."""
    response = answer(Job.of(job), HTTPStatus.OK if job.is_finished else HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return response
