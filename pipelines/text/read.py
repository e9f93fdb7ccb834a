"""text.read: the passages of a document, read once for all the questions that are asked about it."""

import json
from collections.abc import Sequence

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Output, Result, Run, Source
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput
from pipelines.media.document import DOCUMENT_TYPES, Document, read_document

READ_TEXT = "text.read"
PASSAGES = "passages.json"
ENGINE = "builtin"
CUT = "2"  # changes with how passages are cut


def read_by(_: NoParams, __: Surroundings) -> str:
    """What would read now."""
    return f"{made_by_packages(ENGINE, packages=('pypdf',))} cut={CUT}"


@pipeline(
    name=READ_TEXT,
    title="Read a document",
    lane=Lane.NET,  # a question waits for it behind no recording or index; a PDF is read by a process with limits
    accepts=DOCUMENT_TYPES,
    params=NoParams,
    time_limit_s=600,  # 2,000 pages are read in ten seconds: the rest is for a busy machine
    made_by=read_by,
    is_internal=True,
)
def read(sources: Sequence[Source], params: NoParams, context: Context) -> Run:  # noqa: ARG001  it has none
    """Read a document into passages, with the characters and the page at which each stands.

    A reply asks for it, so that a long document is read once and not for each question about it.
    """
    from pipelines.dialogue.documents import cut

    context.progress(None, "reading")
    document = _document(sources[0], context)
    passages = list(cut(document, context.check))
    path = context.workdir / PASSAGES
    path.write_text(json.dumps({"passages": passages}, ensure_ascii=False), encoding="utf-8")
    yield Output(PASSAGES, "application/json", path)
    return Result({"passages": len(passages)}, EngineUsed(ENGINE, "text as it stands"), document.warnings)


def _document(source: Source, context: Context) -> Document:
    """The document; an empty one where a PDF is a scan, which others read."""
    try:
        return read_document(source, context.check)
    except BadInput as error:
        if error.code == "no_text" and source.media_type == "application/pdf":
            return Document("")
        raise
