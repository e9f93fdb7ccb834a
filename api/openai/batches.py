"""Batches of calls, each line of an uploaded file one."""

from flask import Response, jsonify, request

from api.offload import offload
from api.openai.pages import PageQuery, page_of, wanted_page
from api.openai.texts import asked_json
from api.room import owner, room
from pipelines.media.media_types import Kind as MediaKind
from pipelines.media.media_types import kind_of
from triptych.batches import owner as owners
from triptych.batches.batch import Batch
from triptych.batches.creating import NewBatch, create_batch
from triptych.batches.reading import get_batch, list_batches
from triptych.batches.states import Kind
from triptych.blobs import Blob
from triptych.files import File, UnknownFile
from triptych.openai.batches import WINDOW_S, batch_told, wanted_batch
from triptych.openai.calls import BadCall, asked
from triptych.openai.ids import FILE, UnknownId, batch_id_of, file_id_of
from triptych.store import Store
from triptych.uploads import read_content, read_files

MOST = 100  # batches of a page
INPUT = "input_file_id"


def create() -> Response:
    """Accept a batch; its lines are read behind the answer."""
    here, wanted = room(), wanted_batch(asked_json())
    file = _input(here.store, wanted.input_file_id)
    if kind_of(file.media_type) is not MediaKind.TEXT:
        raise BadCall(f"JSON Lines are wanted, not {file.media_type}", INPUT)
    of_all = {
        "endpoint": wanted.endpoint,
        "input_file_id": f"{FILE}{file.id}",
        "metadata": wanted.metadata,
        "remember": False,
    }
    manifest = offload(_in_a_blob, here.store, file)
    expires_at = here.store.clock() + WINDOW_S
    new = NewBatch(owner(), file.name, of_all, manifest, kind=Kind.OPENAI, expires_at=expires_at)
    return _told(here.writer.change(create_batch, here.store, new))


def show(batch_id: str) -> Response:
    """Tell where a batch stands."""
    return _told(batch_id_of(batch_id))


def cancel(batch_id: str) -> Response:
    """Cancel what has not ended."""
    here, batch = room(), _own(batch_id_of(batch_id))
    here.writer.change(owners.cancel, here.store, owner(), batch.id)
    return _told(batch.id)


def index() -> Response:
    """List batches, newest first."""
    page = wanted_page(asked(PageQuery, request.args.to_dict()), batch_id_of, MOST)
    found = list_batches(room().store, owner(), page.after, page.limit + 1, kind=Kind.OPENAI)
    return page_of([batch_told(batch) for batch in found], page)


def _told(batch_id: str) -> Response:
    return jsonify(batch_told(_own(batch_id)))


def _own(batch_id: str) -> Batch:
    """The batch, if it was asked for by this API. Raises UnknownId, and UnknownBatch."""
    batch = get_batch(room().store, owner(), batch_id)
    if batch.kind is not Kind.OPENAI:
        raise UnknownId("batch", batch_id)
    return batch


def _input(store: Store, name: str) -> File:
    """The file that a batch is to be made of. Raises UnknownId."""
    try:
        [file] = read_files(store, owner(), [file_id_of(name, INPUT)])
    except UnknownFile:
        raise UnknownId("file", name, INPUT) from None
    return file


def _in_a_blob(store: Store, file: File) -> Blob:
    """Where the file's bytes lie; a short text's are brought there."""
    content = read_content(store, file)
    return file.blob if content is None else store.blobs.keep(store.blobs.receive([content], len(content)))
