"""Documents as memories: their passages, with the page and the characters at which each stands."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from pipelines.contract import JsonObject, Source
from pipelines.engines.language import UNDETERMINED, detect_language
from pipelines.house import Memory, MemoryKind, Modality
from pipelines.media.document import Document, read_document
from pipelines.media.passages import CountTokens, Span
from pipelines.memory.titles import begins_with, title_of

MAX_PASSAGES = 20_000  # of a document, as text.embed takes: about 3,000 pages
PASSAGE_TOKENS = 128


def passages_in(source: Source, number: int, count_tokens: CountTokens, check: Callable[[], None]) -> Iterator[Memory]:
    """The whole document as passages of whole sentences, and its tables as passages of whole rows.

    Of a document that is longer than any book the first ``MAX_PASSAGES`` are remembered. Raises what ``read_document``
    does.
    """
    document = read_document(source, check)
    yield from _with_title(source, number, document, _passages(document, number, count_tokens))


def spoken_passages(
    source: Source, number: int, count_tokens: CountTokens, check: Callable[[], None]
) -> Iterator[Memory]:
    """A text that was read aloud; of one that is marked up for that, what its markup says.

    That has no place in the characters of the source: it opens as a whole.
    """
    from pipelines.media.ssml import is_ssml, read_ssml

    document = read_document(source, check)
    if not is_ssml(document.text):
        yield from passages_in(source, number, count_tokens, check)
        return
    said = " ".join(sentence.text for sentence in read_ssml(document.text, source.name).sentences)
    whole = {"start": 0, "end": len(document.text)}
    found = _passages(Document(said), number, count_tokens)
    yield from _with_title(source, number, Document(said), (replace(memory, place=whole) for memory in found))


def _with_title(source: Source, number: int, document: Document, found: Iterator[Memory]) -> Iterator[Memory]:
    """The name before what was found, unless the text begins with it, as that of a text that was pasted does."""
    title = title_of(source.name, number, Modality.TEXT)
    if title is not None and not begins_with(document.text, title.text):
        yield title
    yield from found


def _passages(document: Document, number: int, count_tokens: CountTokens) -> Iterator[Memory]:
    language = detect_language(document.text)
    language = "" if language == UNDETERMINED else language
    for span, text in islice(document.passages(count_tokens, PASSAGE_TOKENS), MAX_PASSAGES):
        place = _place(document, span)
        yield Memory(MemoryKind.PASSAGE, Modality.TEXT, text, place, float(span.start), language, number)


def _place(document: Document, span: Span) -> JsonObject:
    page = document.page_at(span.start)
    place = {"start": span.start, "end": span.end}
    return place if page is None else {**place, "page": page}
