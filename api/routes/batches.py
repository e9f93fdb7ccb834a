"""Batches: very many jobs at once, checked line by line, watched, held back, and what came of them."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.problems import Refused
from api.room import owner, room
from api.routes.as_made import send_as_made
from api.routes.batch_requests import wanted_batch
from api.routes.documented import FILE_BODY, JSON_BODY, body, content, json_of, problems
from api.schemas.batch import (
    Batch,
    BatchesQuery,
    BatchLine,
    BatchLinePage,
    BatchPage,
    BatchPath,
    LinesQuery,
    ResultsForm,
    ResultsQuery,
)
from triptych.batches import owner as owners
from triptych.batches.creating import create_batch
from triptych.batches.reading import get_batch, list_batches, list_lines
from triptych.batches.results import results_as_lines, results_as_zip
from triptych.store import Store

routes = APIBlueprint("batches", __name__, url_prefix="/api/v1/batches", abp_tags=[{"name": "batches"}])

_CREATE_PROBLEMS = problems(
    *JSON_BODY,
    *FILE_BODY,
    *("not_found", "unknown_pipeline", "invalid_params", "wrong_media", "idempotency_mismatch", "quota_exceeded"),
)
_RESULTS = {
    media_type: {"schema": {"type": "string", "format": "binary"}}
    for media_type in ("application/jsonl", "application/zip")
}
AGAIN_S = 30  # after which a zip may have been sent to its end


@routes.post(
    "",
    request_body=body(json="BatchRequest", form="BatchForm"),
    responses={202: json_of(Batch), **_CREATE_PROBLEMS},
)
def create() -> Response:
    """Ask for a batch: JSON that names what is stored, or one form with a manifest or a folder's files in it.

    Answers 202 at once; its lines are checked behind that, and run if all of them can be done. `Idempotency-Key`
    makes a repeat answer the first batch.
    """
    here = room()
    with wanted_batch() as new:
        batch_id = here.writer.change(create_batch, here.store, new)
    response = answer(Batch.of(get_batch(here.store, owner(), batch_id)), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/batches/{batch_id}"
    return response


@routes.get("", responses={200: json_of(BatchPage), **problems("invalid_request")})
def index(query: BatchesQuery) -> Response:
    """List batches, newest first, all of them or those in one state."""
    page_of = room().store, owner(), query.before, query.limit + 1
    found = list_batches(*page_of, state=query.state, since=query.since)
    page = found[: query.limit]
    more = page[-1].id if len(found) > len(page) else None
    return answer(BatchPage(items=[Batch.of(batch) for batch in page], next=more))


@routes.get("/<uuid:batch_id>", responses={200: json_of(Batch), **problems("not_found")})
def show(path: BatchPath) -> Response:
    """Tell where a batch stands."""
    return answer(Batch.of(get_batch(room().store, owner(), str(path.batch_id))))


@routes.get(
    "/<uuid:batch_id>/lines", responses={200: json_of(BatchLinePage), **problems("not_found", "invalid_request")}
)
def lines(path: BatchPath, query: LinesQuery) -> Response:
    """List the lines of a batch in order, all of them or those in one state."""
    found = list_lines(room().store, owner(), str(path.batch_id), query.state, query.cursor, query.limit + 1)
    page = found[: query.limit]
    more = page[-1].number if len(found) > len(page) else None
    return answer(BatchLinePage(items=[BatchLine.of(line) for line in page], next=more))


@routes.get(
    "/<uuid:batch_id>/results",
    responses={
        200: content("The results", _RESULTS),
        **problems("not_found", "invalid_request", "too_large", "too_many_clients", "no_disk"),
    },
)
def results(path: BatchPath, query: ResultsQuery) -> Response:
    """Send what came of the lines that have ended, in their order, as JSON Lines or as a zip with all outputs."""
    store, whose, batch_id = room().store, owner(), str(path.batch_id)
    if query.format is ResultsForm.JSONL:
        lines = results_as_lines(store, whose, batch_id, query.only)
        return send_as_made(lines, f"batch-{batch_id}.jsonl", "application/jsonl")
    exports = room().exports
    if not exports.take(whose):
        words = "as many archives are being sent as may be, yours or others': ask again in a while"
        raise Refused(503, "too_many_clients", words, again_s=AGAIN_S)
    try:
        chunks = results_as_zip(store, whose, batch_id, query.only)
        response = send_as_made(chunks, f"batch-{batch_id}.zip", "application/zip")
    except BaseException:
        exports.give_back(whose)
        raise
    response.call_on_close(lambda: exports.give_back(whose))
    return response


@routes.post("/<uuid:batch_id>/start", responses={200: json_of(Batch), **problems("not_found", "wrong_state")})
def start(path: BatchPath) -> Response:
    """Run the valid lines of a batch that waits for this: a dry run, or one with lines that cannot be done."""
    return _changed(owners.start, path)


@routes.post("/<uuid:batch_id>/pause", responses={200: json_of(Batch), **problems("not_found", "wrong_state")})
def pause(path: BatchPath) -> Response:
    """Let no further job begin; those that run, or were queued to be done again, come to their end."""
    return _changed(owners.pause, path)


@routes.post("/<uuid:batch_id>/resume", responses={200: json_of(Batch), **problems("not_found", "wrong_state")})
def resume(path: BatchPath) -> Response:
    """Go on with a paused batch."""
    return _changed(owners.resume, path)


@routes.post("/<uuid:batch_id>/cancel", responses={200: json_of(Batch), **problems("not_found", "wrong_state")})
def cancel(path: BatchPath) -> Response:
    """Cancel what has not ended; doing it twice changes nothing."""
    return _changed(owners.cancel, path)


@routes.post("/<uuid:batch_id>/retry", responses={200: json_of(Batch), **problems("not_found", "wrong_state")})
def retry(path: BatchPath) -> Response:
    """Have the lines done again whose jobs failed, and no others."""
    return _changed(owners.retry, path)


@routes.delete("/<uuid:batch_id>", responses={204: None, **problems("not_found", "wrong_state")})
def delete(path: BatchPath) -> Response:
    """Remove a batch that does not go on, with its jobs, what they made and the files that came with it."""
    room().writer.change(owners.delete, room().store, owner(), str(path.batch_id))
    return Response(status=HTTPStatus.NO_CONTENT)


def _changed(change: Callable[[Store, str, str], object], path: BatchPath) -> Response:
    here = room()
    here.writer.change(change, here.store, owner(), str(path.batch_id))
    return answer(Batch.of(get_batch(here.store, owner(), str(path.batch_id))))
