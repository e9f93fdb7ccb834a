"""Documents that come with a question: short ones are read in the run, long ones once, by a job of their own."""

import json
from collections.abc import Callable, Iterator, Sequence

from pipelines.contract import JsonObject, Source
from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.window import tokens
from pipelines.errors import BadInput
from pipelines.house import MemoryKind, Modality, Product
from pipelines.media.document import Document, read_document
from pipelines.text.read import PASSAGES

PASSAGE_TOKENS = 128
LONG_BYTES = 256 * 1024  # of text: a tenth of a second to cut into passages; a PDF takes as long for ten pages


def is_long(source: Source) -> bool:
    """Whether reading it anew for each question would keep who asks waiting."""
    return source.media_type == "application/pdf" or source.size_bytes > LONG_BYTES


def read_here(source: Source, file_id: str | None, check: Callable[[], None]) -> tuple[list[Evidence], Sequence[str]]:
    """The passages of a short document, and warnings. Raises BadInput as ``read_document`` does."""
    document = read_document(source, check)
    return [_evidence(one, source.name, file_id) for one in cut(document, check)], document.warnings


def read_before(product: Product, name: str, file_id: str | None) -> list[Evidence]:
    """The passages that ``text.read`` found; none in a scan. Raises BadInput where they are no longer there."""
    try:
        written = product.outputs[PASSAGES].read_bytes()
    except (KeyError, FileNotFoundError):  # the output was deleted, or came in an archive without its bytes
        raise BadInput(f"what was read of {name!r} is gone: ask again", code="gone") from None
    return [_evidence(one, name, file_id) for one in json.loads(written)["passages"]]


def cut(document: Document, check: Callable[[], None]) -> Iterator[JsonObject]:
    """The document's sentences and its tables' rows, a few together: text, first and last character, and page."""
    for span, text in document.passages(lambda pieces: [tokens(one) for one in pieces], PASSAGE_TOKENS):
        check()
        page = document.page_at(span.start)
        place = {"start": span.start, "end": span.end, **({} if page is None else {"page": page})}
        yield {"text": text, "place": place}


def _evidence(passage: JsonObject, name: str, file_id: str | None) -> Evidence:
    return Evidence(passage["text"], name, MemoryKind.PASSAGE, Modality.TEXT, passage["place"], file_id=file_id)
