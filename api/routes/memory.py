"""What is remembered: one memory among its neighbours, its sources, and how much there is."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.offload import offload
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.memory import (
    ListedSource,
    Memory,
    MemoryDetail,
    MemoryPage,
    MemorySpace,
    MemoryStatus,
    SourcePage,
    TagCount,
    TagList,
)
from api.schemas.memory_requests import MemoriesQuery, MemoryPath, NoteChange, NoteRequest, SourcePath, SourcesQuery
from triptych.jobs.counts import tallies
from triptych.jobs.states import FINAL, JobState
from triptych.memory import marks, reading
from triptych.memory.spaces import missing_for_vectors
from triptych.memory.values import Filter
from triptych.store import Store

routes = APIBlueprint("memory", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])

INDEX = "memory.index"


@routes.get("/status", responses={200: json_of(MemoryStatus), **problems()})
def status() -> Response:
    """Tell how much of the caller's is remembered, and whether it can be found by its meaning."""
    return answer(offload(_status, room().store, owner()))


@routes.get("/<uuid:memory_id>", responses={200: json_of(MemoryDetail), **problems("not_found")})
def show(path: MemoryPath) -> Response:
    """Tell a memory among its neighbours, with the notes at its place."""
    return answer(MemoryDetail.of(offload(reading.get_memory, room().store, owner(), str(path.memory_id))))


@routes.delete("/<uuid:memory_id>", responses={204: None, **problems("not_found", "memory_made")})
def delete(path: MemoryPath) -> Response:
    """Remove a note. What a job made goes with that job: 409 `memory_made`."""
    room().writer.change(marks.delete_note, room().store, owner(), str(path.memory_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.put("/<uuid:memory_id>/pin", responses={204: None, **problems("not_found")})
def pin(path: MemoryPath) -> Response:
    """Pin a memory; doing it twice changes nothing."""
    room().writer.change(marks.pin, room().store, owner(), str(path.memory_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.delete("/<uuid:memory_id>/pin", responses={204: None, **problems("not_found")})
def unpin(path: MemoryPath) -> Response:
    """Take the pin off a memory, which need not have one."""
    room().writer.change(marks.unpin, room().store, owner(), str(path.memory_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.post(
    "/notes",
    request_body=body(json="NoteRequest"),
    responses={201: json_of(Memory), **problems(*JSON_BODY, "not_found")},
)
def add_note() -> Response:
    """Write a note at a source, or at the place of one of its memories. It is found as they are."""
    asked = asked_body(NoteRequest)
    at = str(asked.memory_id) if asked.memory_id else None
    note = room().writer.change(marks.add_note, room().store, owner(), str(asked.source_id), asked.text, at)
    response = answer(Memory.of(note), HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/memory/{note.id}"
    return response


@routes.patch(
    "/notes/<uuid:memory_id>",
    request_body=body(json="NoteChange"),
    responses={200: json_of(Memory), **problems(*JSON_BODY, "not_found", "memory_made")},
)
def edit_note(path: MemoryPath) -> Response:
    """Have a note say something else."""
    text = asked_body(NoteChange).text
    return answer(Memory.of(room().writer.change(marks.edit_note, room().store, owner(), str(path.memory_id), text)))


@routes.get("/sources", responses={200: json_of(SourcePage), **problems("invalid_request")})
def sources(query: SourcesQuery) -> Response:
    """List what memories come of, newest first."""
    collection = str(query.collection) if query.collection else None
    only = Filter(
        modalities=query.modality,
        tags=query.tag,
        collection=collection,
        since=query.after_s,
        until=query.before_s,
    )
    before = str(query.cursor) if query.cursor else None
    found = offload(reading.list_sources, room().store, owner(), only, before, query.limit + 1)
    page = found[: query.limit]
    after = page[-1].source.id if len(found) > len(page) else None
    return answer(SourcePage(items=[ListedSource.of(one) for one in page], next=after))


@routes.get("/sources/<uuid:source_id>", responses={200: json_of(ListedSource), **problems("not_found")})
def source(path: SourcePath) -> Response:
    """Tell a source, and how much is remembered of it."""
    return answer(ListedSource.of(offload(reading.get_source, room().store, owner(), str(path.source_id))))


@routes.get(
    "/sources/<uuid:source_id>/memories",
    responses={200: json_of(MemoryPage), **problems("not_found", "invalid_request")},
)
def memories(path: SourcePath, query: MemoriesQuery) -> Response:
    """List the memories of a source in their order."""
    after = str(query.cursor) if query.cursor else None
    of_source = reading.memories_of_source
    found = offload(of_source, room().store, owner(), str(path.source_id), after, query.limit + 1)
    page = found[: query.limit]
    end = page[-1].id if len(found) > len(page) else None
    return answer(MemoryPage(items=[Memory.of(one) for one in page], next=end))


@routes.get("/tags", responses={200: json_of(TagList), **problems()})
def tags() -> Response:
    """List the tags, by name, with how many sources have each."""
    found = offload(reading.list_tags, room().store, owner())
    return answer(TagList(items=[TagCount(tag=tag, sources=count) for tag, count in found.items()]))


def _status(store: Store, owner_id: str) -> MemoryStatus:
    found, missing = reading.counts(store, owner_id), missing_for_vectors(store)
    unfinished = [
        one.jobs for one in tallies(store, owner_id) if one.pipeline == INDEX and JobState(one.state) not in FINAL
    ]
    return MemoryStatus(
        memories=found.memories,
        sources=found.sources,
        indexing=sum(unfinished),
        spaces=[
            MemorySpace(
                kind=stored.space.kind,
                model=stored.space.model,
                dimensions=stored.space.dimensions,
                is_joint=stored.space.is_joint,
                state=stored.state,
                vectors=count,
            )
            for stored, count in found.vectors.items()
        ],
        by_meaning=not missing,
        why_not=missing,
    )
