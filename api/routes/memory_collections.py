"""Putting sources together: tags and collections."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.memory import Collection, CollectionList, ListedSource
from api.schemas.memory_requests import CollectionPath, CollectionRequest, CollectionSourcePath, SourcePath, TagsRequest
from triptych.memory import marks, reading

routes = APIBlueprint("memory_collections", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])


@routes.put(
    "/sources/<uuid:source_id>/tags",
    request_body=body(json="TagsRequest"),
    responses={200: json_of(ListedSource), **problems(*JSON_BODY, "not_found")},
)
def tag(path: SourcePath) -> Response:
    """Have a source bear these tags and no others. A tag is kept in lower case."""
    tags = asked_body(TagsRequest).tags
    room().writer.change(marks.set_tags, room().store, owner(), str(path.source_id), tags)
    return answer(ListedSource.of(reading.get_source(room().store, owner(), str(path.source_id))))


@routes.get("/collections", responses={200: json_of(CollectionList), **problems()})
def index() -> Response:
    """List the collections, by name."""
    found = marks.list_collections(room().store, owner())
    return answer(CollectionList(items=[Collection.of(one) for one in found]))


@routes.post(
    "/collections",
    request_body=body(json="CollectionRequest"),
    responses={201: json_of(Collection), **problems(*JSON_BODY, "name_taken")},
)
def create() -> Response:
    """Begin a collection. Its name is no other's: 409 `name_taken`."""
    name = asked_body(CollectionRequest).name
    made = room().writer.change(marks.create_collection, room().store, owner(), name)
    return answer(Collection.of(made), HTTPStatus.CREATED)


@routes.patch(
    "/collections/<uuid:collection_id>",
    request_body=body(json="CollectionRequest"),
    responses={204: None, **problems(*JSON_BODY, "not_found", "name_taken")},
)
def rename(path: CollectionPath) -> Response:
    """Give a collection another name."""
    name = asked_body(CollectionRequest).name
    room().writer.change(marks.rename_collection, room().store, owner(), str(path.collection_id), name)
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.delete("/collections/<uuid:collection_id>", responses={204: None, **problems("not_found")})
def delete(path: CollectionPath) -> Response:
    """Remove a collection; its sources stay."""
    room().writer.change(marks.delete_collection, room().store, owner(), str(path.collection_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.put(
    "/collections/<uuid:collection_id>/sources/<uuid:source_id>", responses={204: None, **problems("not_found")}
)
def collect(path: CollectionSourcePath) -> Response:
    """Put a source into a collection, where it may be already."""
    ids = str(path.collection_id), str(path.source_id)
    room().writer.change(marks.collect, room().store, owner(), *ids)
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.delete(
    "/collections/<uuid:collection_id>/sources/<uuid:source_id>", responses={204: None, **problems("not_found")}
)
def uncollect(path: CollectionSourcePath) -> Response:
    """Take a source out of a collection, where it need not be."""
    ids = str(path.collection_id), str(path.source_id)
    room().writer.change(marks.uncollect, room().store, owner(), *ids)
    return Response(status=HTTPStatus.NO_CONTENT)
