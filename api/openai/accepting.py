"""Taking a call's job in: what it brings is kept with the job's row, or nothing of it is."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from api.offload import offload
from api.openai.following import refuse_if_away
from api.room import owner, room
from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.submission import Submission, WrongMedia, check_media
from triptych.openai.calls import BadCall, Brought, Call
from triptych.store import Store
from triptych.uploads import INLINE_BYTES, Text, Upload, check_room, examine, text_file


def accept(call: Call, job_id: str, uploads: Sequence[Upload] = ()) -> Job:
    """The job of ``call`` under this id, on its ``uploads`` and what it brings: before all others, not remembered.

    Raises BadCall, naming the file where the pipeline does not take it, NotNow, BadInput, UnknownFile, QuotaExceeded,
    and blobs.NoDisk.
    """
    try:
        return _accepted(call, job_id, uploads)
    except WrongMedia as error:
        raise BadCall(str(error), "file" if uploads else "messages", "wrong_media") from None


def _accepted(call: Call, job_id: str, uploads: Sequence[Upload]) -> Job:
    here, content = room(), dict[str, bytes]()
    refuse_if_away(here, call.pipeline)
    with ExitStack() as drafts:
        files = offload(_kept, here.store, owner(), call, uploads, content, drafts)
    here.metrics.upload_bytes.inc(sum(file.size_bytes for file in files))
    wanted = Submission(
        owner(),
        call.declared,
        call.params,
        files=call.stored,
        new_files=files,
        content=content,
        remember=False,
        id=job_id,
    )
    return here.writer.submit(here.store, wanted)


def _kept(
    store: Store, owner_id: str, call: Call, uploads: Sequence[Upload], content: dict[str, bytes], drafts: ExitStack
) -> list[File]:
    """The files, whose bytes are kept, or are in ``content`` by the file's id where they are a short text."""
    wanted = [*uploads, *(_received(store, one, drafts) for one in call.brought)]
    files = []
    for one in wanted:
        if isinstance(one, Upload):
            files.append(examine(store, owner_id, one))
        else:
            file = replace(text_file(store, owner_id, Text(one.name, one.content)), media_type=str(one.media_type))
            content[file.id] = one.content
            files.append(file)
    check_media(call.declared, files)
    check_room(store, owner_id, files, jobs=1)
    for one in wanted:
        if isinstance(one, Upload):
            store.blobs.keep(one.draft)
    return files


def _received(store: Store, brought: Brought, drafts: ExitStack) -> Upload | Brought:
    """A draft of what is brought, gone with ``drafts`` unless it is kept; a short text of the house's is none."""
    if brought.media_type is not None and len(brought.content) <= INLINE_BYTES:
        return brought
    draft = store.blobs.receive([brought.content], len(brought.content))
    drafts.callback(draft.discard)
    return Upload(brought.name, draft, brought.media_type)
