"""Reading plain text, Markdown and PDF into one shape: text, where its pages stand, and what the reader should know."""

import codecs
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pipelines.contract import Source
from pipelines.errors import BadInput
from pipelines.media.markdown import as_prose, tables_of
from pipelines.media.passages import MARK, CountTokens, Span, each_sentence, passages

DOCUMENT_TYPES = ("text/plain", "text/markdown", "application/pdf")
MAX_TEXT_BYTES = 32_000_000  # about 5,000 pages; what is longer is no single document

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text. ``page_starts`` holds the character each page begins at; empty where there are no pages.

    ``tables``: the rows of a Markdown's tables, which are no prose, at their places, and blanks elsewhere; as long as
    the text, or empty. Offsets count the characters of the decoded source, for a PDF those of its text layer, pages two
    line breaks apart.
    """

    text: str
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    tables: str = ""

    def passages(self, count: CountTokens, max_tokens: int) -> Iterator[tuple[Span, str]]:
        """The prose, then the tables, in passages of whole sentences of up to ``max_tokens``, with what each says.

        None goes on from one page to the next, unless its sentence does: so each opens at its page.
        """
        for text in (self.text, self.tables):
            for _, together in groupby(each_sentence(text), lambda sentence: self.page_at(sentence.start)):
                for span in passages(text, together, count, max_tokens):
                    yield span, span.of(text)

    def page_at(self, offset: int) -> int | None:
        """The number of the page, from 1, that the character at ``offset`` is on; None where there are no pages."""
        return bisect_right(self.page_starts, offset) or None


def read_prose(source: Source, check: Callable[[], None]) -> Document:
    """Read ``source`` as ``read_document`` does; where there are tables alone, raise BadInput ``no_text`` too."""
    document = read_document(source, check)
    if _is_blank(document.text):
        raise BadInput("There are only tables in the document: there is no sentence to read.", code="no_text")
    return document


def read_document(source: Source, check: Callable[[], None]) -> Document:
    """Read ``source`` by its media type.

    Raises BadInput: ``no_text`` when there is nothing to read, ``bad_media`` when it is not what it says,
    ``too_large``, ``encrypted_pdf``, ``too_costly`` when a PDF asks for more than its share.
    """
    if source.media_type == "application/pdf":
        return _read_pdf(source, check)
    check_text_size(source.size_bytes)
    text, warnings = decode_lines(source.path.read_bytes())
    tables = ""
    if source.media_type == "text/markdown":
        text, tables = as_prose(text), tables_of(text)
    if _is_blank(text) and _is_blank(tables):
        raise BadInput("The text is empty: there is nothing but white space in it.", code="no_text")
    return Document(text, warnings=warnings, tables=tables)


def check_text_size(size_bytes: int) -> None:
    """Raise BadInput ``too_large`` for a text that is longer than is read."""
    if size_bytes > MAX_TEXT_BYTES:
        raise BadInput(
            f"The text has {size_bytes:,} bytes; at most {MAX_TEXT_BYTES:,} are read: split it.", code="too_large"
        )


def decode_lines(encoded: bytes) -> tuple[str, tuple[str, ...]]:
    """What ``decode_text`` tells, with lines that line feeds alone end: as long as before, so offsets stay."""
    text, warnings = decode_text(encoded)
    return text.replace("\r\n", " \n").replace("\r", "\n"), warnings


def _is_blank(text: str) -> bool:
    return not text.replace(MARK, "").strip()


def decode_text(encoded: bytes) -> tuple[str, tuple[str, ...]]:
    """The characters of a text file and warnings where they had to be guessed.

    UTF-8, or what a byte order mark says; else Windows-1252, which is what most other text is. Lone surrogates
    become U+FFFD. Raises BadInput ``bad_media`` for what is no text.
    """
    mark, encoding = next(((m, e) for m, e in _BYTE_ORDER_MARKS if encoded.startswith(m)), (b"", "utf-8"))
    body = encoded[len(mark) :]
    text, warnings = _decoded(body, encoding) if encoding != "utf-8" else _decoded_utf8(body)
    if "\0" in text:
        raise BadInput("The text holds NUL characters: save it as UTF-8 and send it again.", code="bad_media")
    return text, warnings


def _decoded(body: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = body.decode(encoding, "replace")
    return text, ("Some characters could not be decoded and were replaced.",) if "\ufffd" in text else ()


def _decoded_utf8(body: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return body.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    try:
        with_surrogates = body.decode("utf-8", "surrogatepass")
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in with_surrogates)
        return text, ("The text holds half characters (lone surrogates); they were replaced.",)
    except UnicodeDecodeError:
        pass
    try:
        return body.decode("cp1252"), ("The text is not UTF-8 and was read as Windows-1252.",)
    except UnicodeDecodeError as error:
        raise BadInput("The text is neither UTF-8 nor Windows-1252: save it as UTF-8.", code="bad_media") from error


def _read_pdf(source: Source, check: Callable[[], None]) -> Document:
    from pipelines.media.pdf_text import BETWEEN_PAGES, text_of_pdf

    pages, page_count = text_of_pdf(source.path, check)
    starts, position = [], 0
    for page in pages:
        starts.append(position)
        position += len(page) + len(BETWEEN_PAGES)
    warnings = (
        (f"The document has {page_count:,} pages; the first {len(pages):,} were read.",)
        if page_count > len(pages)
        else ()
    )
    return Document(BETWEEN_PAGES.join(pages), tuple(starts), warnings)
