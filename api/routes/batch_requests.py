"""What a request for a batch asks, from either form, with what came along kept."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request

from api.bodies.chunks import whole_body
from api.bodies.multipart_form import Bounds, Came, received_form
from api.bodies.received import FORM_TYPE
from api.bodies.strict_json import read_json
from api.offload import offload
from api.problems import Refused, invalid
from api.room import owner, room
from api.routes.asked import checked
from api.routes.idempotency import asked_once
from api.schemas.batch import BatchRequest
from pipelines.errors import BadInput
from pipelines.media.media_types import ZIP_TYPE, Kind, extension, kind_of
from triptych.batches.creating import NewBatch, manifest_of
from triptych.batches.line import BadLine
from triptych.batches.manifest import ManifestForm
from triptych.batches.own_lines import PATH_CHARACTERS, check_shared, offered_pipeline
from triptych.blobs import Blob
from triptych.files import File
from triptych.names import shown_name
from triptych.store import Store
from triptych.uploads import examine, read_content, read_files

FIELDS = ("name", "pipeline", "params", "priority", "remember", "dry_run")
FILE_FIELDS = ("manifest", "archive", "file")
MOST_SEGMENTS = 10_000
AROUND_BYTES = 16 * 1024 * 1024  # boundaries and headers of so many files


@contextmanager
def wanted_batch() -> Iterator[NewBatch]:
    """Read the current request; drafts that nobody kept are gone at the end of the block. Raises Refused."""
    if request.mimetype == FORM_TYPE:
        here = room()
        bounds = Bounds(here.settings.upload_bytes, AROUND_BYTES, here.settings.json_bytes, MOST_SEGMENTS)
        with received_form(request, here.store.blobs, bounds, _check_field, FILE_FIELDS) as form:
            fields: dict[str, Any] = dict(form.fields)  # Any: JSON, checked by the model
            if "params" in fields:
                fields["params"] = read_json(fields["params"])
            yield _of_form(checked(BatchRequest, fields), form.files)
    elif request.mimetype == "application/json":
        yield _of_json(checked(BatchRequest, read_json(whole_body(request, room().settings.json_bytes))))
    else:
        raise Refused(415, "unsupported_media_type", "send application/json or multipart/form-data")


def _check_field(name: str, _value: str) -> None:
    if name not in FIELDS:
        raise invalid(name[:100], f"there is no such field; there are {', '.join((*FILE_FIELDS, *FIELDS))}")


def _of_json(asked: BatchRequest) -> NewBatch:
    store, of_all = room().store, _of_all(asked)
    if bool(asked.files) is bool(asked.manifest or asked.archive):
        raise invalid("manifest", "name a manifest, an archive or both, or files: one of these is wanted")
    said = asked.model_dump(mode="json")
    if asked.files:
        _check_count("files", asked.files)
        return _new(asked, of_all, said, _listed(store, [str(one) for one in asked.files], "file"))
    manifest = _stored(
        store, "manifest", asked.manifest, "JSON Lines or CSV", lambda found: kind_of(found) is Kind.TEXT
    )
    archive = _stored(store, "archive", asked.archive, "a zip", lambda found: found == ZIP_TYPE)
    form = _form_of(manifest.name) if manifest else ManifestForm.JSONL
    new = _new(asked, of_all, said, _blob_of(store, manifest) if manifest else None, form)
    return replace(new, archive=archive.blob if archive else None)


def _of_form(asked: BatchRequest, came: Sequence[Came]) -> NewBatch:
    store, of_all = room().store, _of_all(asked)
    manifests, archives, files = ([one for one in came if one.field == name] for name in FILE_FIELDS)
    if len(manifests) > 1 or len(archives) > 1 or (archives and files) or not came:
        raise invalid("manifest", "send one manifest, one archive or both, or files: with or without a manifest")
    _check_count("file", files)
    members = _members(files)
    room().metrics.upload_bytes.inc(sum(one.upload.draft.blob.size_bytes for one in came))
    said = {**asked.model_dump(mode="json"), "came": [(one.path, one.upload.draft.blob.sha256) for one in came]}
    kept = offload(_kept_members, store, owner(), members)
    archive = offload(store.blobs.keep, archives[0].upload.draft) if archives else None
    manifest, form = (_listed(store, list(members), "path") if members else None), ManifestForm.JSONL
    if manifests:
        manifest, form = offload(store.blobs.keep, manifests[0].upload.draft), _form_of(manifests[0].upload.name)
    return replace(_new(asked, of_all, said, manifest, form), archive=archive, files=kept)


def _check_count(where: str, files: Sequence[object]) -> None:
    """Raise Refused for more files than a batch may have lines."""
    most = room().settings.batch_lines
    if len(files) > most:
        raise invalid(where, f"a batch has at most {most:,} lines, and these are {len(files):,} files")


def _stored(
    store: Store, where: str, file_id: UUID | None, wanted: str, is_wanted: Callable[[str], bool]
) -> File | None:
    """The file of this id, if one is named. Raises Refused for one of another type."""
    if file_id is None:
        return None
    [file] = read_files(store, owner(), [str(file_id)])
    if file.grows_until is not None or not is_wanted(file.media_type):
        raise invalid(where, f"{wanted} is wanted, not {file.media_type}", "wrong_media")
    return file


def _of_all(asked: BatchRequest) -> dict[str, Any]:  # Any: JSON
    """What holds for all lines. Raises Refused."""
    try:
        check_shared(offered_pipeline(asked.pipeline) if asked.pipeline else None, asked.params)
    except BadLine as error:
        where = "pipeline" if error.code == "unknown_pipeline" else "params"
        raise invalid(where, str(error), error.code) from None
    return {"pipeline": asked.pipeline, "params": asked.params, "remember": asked.remember}


def _new(
    asked: BatchRequest,
    of_all: Mapping[str, Any],  # Any: JSON
    said: Mapping[str, Any],
    manifest: Blob | None,
    form: ManifestForm = ManifestForm.JSONL,
) -> NewBatch:
    return NewBatch(
        owner=owner(),
        name=asked.name,
        asked=of_all,
        manifest=manifest,
        form=form,
        is_dry_run=asked.dry_run,
        idempotency=asked_once(said),
    )


def _form_of(name: str) -> ManifestForm:
    return ManifestForm.CSV if extension(name) == "csv" else ManifestForm.JSONL


def _listed(store: Store, names: Sequence[str], what: str) -> Blob:
    """A manifest with a line for each of these."""
    return offload(store.blobs.keep_chunks, manifest_of(names, what), store.settings.upload_bytes)


def _blob_of(store: Store, file: File) -> Blob:
    """Where the file's bytes lie; a short text's are brought there."""
    content = read_content(store, file)
    return file.blob if content is None else offload(store.blobs.keep_chunks, [content], len(content))


def _members(files: Sequence[Came]) -> dict[str, Came]:
    """The files by the paths that lines name them by. Raises Refused."""
    members: dict[str, Came] = {}
    for came in files:
        path = "/".join(shown_name(step) for step in re.split(r"[/\\]+", came.path.strip("/\\")))
        if len(path) > PATH_CHARACTERS:
            raise invalid(
                "file", f"a path of {len(path)} characters; at most {PATH_CHARACTERS} are taken", "name_too_long"
            )
        if path in members:
            raise invalid("file", f"two files are called {path[:200]!r}")
        members[path] = came
    return members


def _kept_members(store: Store, owner_id: str, members: Mapping[str, Came]) -> dict[str, File | BadLine]:
    """The files of a folder, kept; those that are refused are told of by their lines."""
    kept: dict[str, File | BadLine] = {}
    for path, came in members.items():
        try:
            kept[path] = examine(store, owner_id, came.upload)
        except BadInput as error:
            kept[path] = BadLine(error.code, str(error))
            continue
        store.blobs.keep(came.upload.draft)
    return kept
