"""What the jobs of some lines are to be made of: the lines read again, and their inline bytes kept as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row

from pipelines.errors import BadInput
from triptych.batches.checking import Checked, Known, parse_line, sources_of
from triptych.batches.line import BadLine, Inline
from triptych.batches.manifest import Manifest, ManifestForm
from triptych.files import File
from triptych.jobs.states import Priority
from triptych.jobs.submission import Submission
from triptych.store import Store
from triptych.uploads import INLINE_BYTES, Text, Upload, examine, text_file


@dataclass(frozen=True, slots=True)
class Ready:
    """A line whose job can be made: its inline bytes are ``new_files``, kept in blobs or, if short, in ``content``."""

    line: Checked
    new_files: Sequence[File] = ()
    content: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Which line it is."""
        return self.line.record.number

    def submission(self, row: Row[Any], known: Known, job_id: str) -> Submission:
        """The job to accept for it. Raises BadLine where a file has gone since the line was checked."""
        if self.line.asked is None or self.line.error is not None:
            raise self.line.error or BadLine("internal", "the line cannot be read any more")
        asked = self.line.asked
        return Submission(
            owner=row.owner,
            pipeline=asked.pipeline,
            params=asked.params,
            files=[known.find(source).id for source in asked.sources if not isinstance(source, Inline)],
            new_files=self.new_files,
            content=self.content,
            priority=Priority.BATCH,
            remember=asked.remember,
            batch_id=row.id,
            batch_line=self.number,
            id=job_id,
        )


def prepare(store: Store, row: Row[Any], lines: Sequence[Row[Any]]) -> list[Ready]:
    """Read the lines of the batch in ``row`` again, and keep what stands in them."""
    with store.blobs.opened(row.manifest_sha256) as file:
        manifest = Manifest(file, ManifestForm(row.manifest_form), store.settings.json_bytes)
        records = [manifest.record_at(one.number, one.offset, one.size_bytes) for one in lines]
        parsed = [parse_line(row, manifest, record) for record in records]
    return [_ready(store, row.owner, line) for line in parsed]


def _ready(store: Store, owner: str, line: Checked) -> Ready:
    ready = Ready(line)
    for source in sources_of(line):
        if isinstance(source, Inline):
            try:
                file, content = _kept(store, owner, source)
            except BadInput as error:
                return Ready(line.refused(error.code, str(error)))
            ready = replace(ready, new_files=[*ready.new_files, file], content={**ready.content, **content})
    return ready


def _kept(store: Store, owner: str, source: Inline) -> tuple[File, dict[str, bytes]]:
    """The file of inline bytes; a short text's lie in the database, all else in a blob. Raises BadInput."""
    if source.media_type is not None and len(source.content) <= INLINE_BYTES:
        file = text_file(store, owner, Text(source.name, source.content))
        file = replace(file, media_type=source.media_type)
        return file, {file.id: source.content}
    draft = store.blobs.receive([source.content], len(source.content))
    try:
        file = examine(store, owner, Upload(source.name, draft, source.media_type))
        store.blobs.keep(draft)
    finally:
        draft.discard()
    return file, {}
