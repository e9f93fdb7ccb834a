"""Finding memories: by words, by a picture, or by their likeness to another."""

from dataclasses import replace
from typing import Any

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.bodies.chunks import whole_body
from api.bodies.multipart_form import Bounds, Form, received_form
from api.bodies.received import FORM_OVERHEAD_BYTES, FORM_TYPE
from api.bodies.strict_json import read_json
from api.offload import offload
from api.problems import Refused, invalid
from api.room import owner, room
from api.routes.asked import checked
from api.routes.documented import FILE_BODY, JSON_BODY, body, json_of, problems
from api.schemas.memory import MemoryHits
from api.schemas.memory_requests import MemoryPath, Page, SearchQuery, SearchRequest, SimilarQuery
from triptych.files import File
from triptych.memory import asking
from triptych.memory.search import search, similar
from triptych.memory.values import Found, Question
from triptych.uploads import examine, read_files

routes = APIBlueprint("memory_search", __name__, url_prefix="/api/v1/memory", abp_tags=[{"name": "memory"}])

FIELDS = ("text", "filter")


@routes.get("/search", responses={200: json_of(MemoryHits), **problems("invalid_request")})
def find(query: SearchQuery) -> Response:
    """Find memories by words and by meaning; without words list the newest that the filters let through."""
    return _found(query, query.q)


@routes.post(
    "/search",
    request_body=body(json="SearchRequest", form="SearchForm"),
    responses={200: json_of(MemoryHits), **problems(*JSON_BODY, *FILE_BODY, "not_found", "wrong_media")},
)
def find_more() -> Response:
    """Find memories by more words than an address holds, by a picture that is here, or by one that comes with it.

    A picture that comes in a form gets no file: its bytes are gone within two hours.
    """
    if request.mimetype == FORM_TYPE:
        return _from_form()
    if request.mimetype != "application/json":
        raise Refused(415, "unsupported_media_type", "send application/json or multipart/form-data")
    asked = checked(SearchRequest, read_json(whole_body(request, room().settings.json_bytes)))
    if asked.file_id is None:
        return _found(asked, asked.text)
    [file] = offload(read_files, room().store, owner(), [str(asked.file_id)])
    _check_picture("file_id", file)
    return _found(asked, asked.text, file)


@routes.get(
    "/<uuid:memory_id>/similar", responses={200: json_of(MemoryHits), **problems("not_found", "invalid_request")}
)
def alike(path: MemoryPath, query: SimilarQuery) -> Response:
    """Find what is most like a memory: by each kind of vector that it has, or else by its words."""
    found = offload(similar, room().store, owner(), str(path.memory_id), query.filter(), query.limit)
    return answer(MemoryHits.of(found))


def _from_form() -> Response:
    here = room()
    bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
    with received_form(request, here.store.blobs, bounds, _check_field) as form:
        asked = checked(SearchRequest, {**_filters(form), "text": form.fields.get("text", "")})
        if len(form.uploads) != 1:
            raise invalid("file", f"one picture is wanted; there are {len(form.uploads)}")
        file = offload(examine, here.store, owner(), form.uploads[0])
        _check_picture("file", file)
        offload(here.store.blobs.keep, form.uploads[0].draft)
        return _found(asked, asked.text, file)


def _check_field(name: str, value: str) -> None:
    if name not in FIELDS:
        raise invalid(name[:100], f"there is no such field; there are file, {', '.join(FIELDS)}")
    if name == "filter":
        read_json(value)


def _filters(form: Form) -> dict[str, Any]:  # Any: JSON, checked by the model
    filters = read_json(form.fields.get("filter", "{}"))
    if not isinstance(filters, dict):
        raise invalid("filter", "a JSON object is wanted")
    if said := {"text", "file_id"} & filters.keys():
        raise invalid(f"filter.{min(said)}", "the picture comes with the form, and words in its field text")
    return filters


def _check_picture(where: str, file: File) -> None:
    if not file.media_type.startswith("image/"):
        raise invalid(where, f"a picture may stand for what is looked for, not {file.media_type}", "wrong_media")


def _found(page: Page, text: str, file: File | None = None) -> Response:
    """What fits the words and the picture. Models are asked from here, since Redis' connections are the loop's."""
    store = room().store
    asked = [asking.vectors_of_text(store, text), *([asking.vectors_of_picture(store, file)] if file else [])]
    if file and not text.strip() and not asked[-1].vectors:  # then the newest would be listed
        return answer(MemoryHits.of(Found((), more=False, warnings=tuple(asked[-1].warnings))))
    vectors = {vector.space: vector for one in asked for vector in one.vectors}  # in one space, the picture's
    question = Question(text, list(vectors.values()), page.filter(), page.limit, page.offset)
    found = offload(search, store, owner(), question)
    warnings = dict.fromkeys([*(warning for one in asked for warning in one.warnings), *found.warnings])
    return answer(MemoryHits.of(replace(found, warnings=tuple(warnings))))
