"""Batches: very many jobs at once, checked line by line, watched, held back, and what came of them."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.room import owner, room
from api.routes.batch_requests import wanted_batch
from api.routes.documented import body, json_of, problems
from api.schemas.batch import Batch, BatchesQuery, BatchLine, BatchLinePage, BatchPage, BatchPath, LinesQuery
from triptych.batches import owner as owners
from triptych.batches.creating import create_batch
from triptych.batches.reading import get_batch, list_batches, list_lines
from triptych.store import Store

routes = APIBlueprint("batches", __name__, url_prefix="/api/v1/batches", abp_tags=[{"name": "batches"}])


@routes.post(
    "",
    request_body=body(json="BatchRequest", form="BatchForm"),
    responses={202: json_of(Batch), **problems(400, 404, 408, 413, 415, 422, 429, 507)},
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


@routes.get("", responses={200: json_of(BatchPage), **problems(422)})
def index(query: BatchesQuery) -> Response:
    """List batches, newest first."""
    found = list_batches(room().store, owner(), str(query.cursor) if query.cursor else None, query.limit + 1)
    page = found[: query.limit]
    more = page[-1].id if len(found) > len(page) else None
    return answer(BatchPage(items=[Batch.of(batch) for batch in page], next=more))


@routes.get("/<uuid:batch_id>", responses={200: json_of(Batch), **problems(404)})
def show(path: BatchPath) -> Response:
    """Tell where a batch stands."""
    return answer(Batch.of(get_batch(room().store, owner(), str(path.batch_id))))


@routes.get("/<uuid:batch_id>/lines", responses={200: json_of(BatchLinePage), **problems(404, 422)})
def lines(path: BatchPath, query: LinesQuery) -> Response:
    """List the lines of a batch in order, all of them or those in one state."""
    found = list_lines(room().store, owner(), str(path.batch_id), query.state, query.cursor, query.limit + 1)
    page = found[: query.limit]
    more = page[-1].number if len(found) > len(page) else None
    return answer(BatchLinePage(items=[BatchLine.of(line) for line in page], next=more))


@routes.post("/<uuid:batch_id>/start", responses={200: json_of(Batch), **problems(404, 409)})
def start(path: BatchPath) -> Response:
    """Run the valid lines of a batch that waits for this: a dry run, or one with lines that cannot be done."""
    return _changed(owners.start, path)


@routes.post("/<uuid:batch_id>/pause", responses={200: json_of(Batch), **problems(404, 409)})
def pause(path: BatchPath) -> Response:
    """Let no further job begin; those that run come to their end."""
    return _changed(owners.pause, path)


@routes.post("/<uuid:batch_id>/resume", responses={200: json_of(Batch), **problems(404, 409)})
def resume(path: BatchPath) -> Response:
    """Go on with a paused batch."""
    return _changed(owners.resume, path)


@routes.post("/<uuid:batch_id>/cancel", responses={200: json_of(Batch), **problems(404, 409)})
def cancel(path: BatchPath) -> Response:
    """Cancel what has not ended; doing it twice changes nothing."""
    return _changed(owners.cancel, path)


@routes.post("/<uuid:batch_id>/retry", responses={200: json_of(Batch), **problems(404, 409)})
def retry(path: BatchPath) -> Response:
    """Have the lines done again whose jobs failed, and no others."""
    return _changed(owners.retry, path)


@routes.delete("/<uuid:batch_id>", responses={204: None, **problems(404, 409)})
def delete(path: BatchPath) -> Response:
    """Remove a batch that does not go on, with its jobs, what they made and the files that came with it."""
    room().writer.change(owners.delete, room().store, owner(), str(path.batch_id))
    return Response(status=HTTPStatus.NO_CONTENT)


def _changed(change: Callable[[Store, str, str], object], path: BatchPath) -> Response:
    here = room()
    here.writer.change(change, here.store, owner(), str(path.batch_id))
    return answer(Batch.of(get_batch(here.store, owner(), str(path.batch_id))))
