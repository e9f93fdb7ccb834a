"""What there is to remember of a finished job: what it heard, read, saw or wrote, and what it did that on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.contract import PartKind, Source
from pipelines.errors import BadInput
from pipelines.house import Memory, Product
from pipelines.media.document import DOCUMENT_TYPES
from pipelines.media.media_types import PICTURE_FORMATS
from pipelines.media.passages import CountTokens
from pipelines.memory.documents import passages_in, spoken_passages
from pipelines.memory.pictures import labels_of, picture_of
from pipelines.memory.printed import lines_of
from pipelines.memory.said import segments_of
from pipelines.memory.written import written_by


@dataclass(frozen=True, slots=True)
class Looking:
    """How a product is looked at.

    ``count_tokens`` tells how long texts are to who compares them by meaning; ``check`` is called on the way; ``warn``
    is told what cannot be remembered.
    """

    count_tokens: CountTokens
    check: Callable[[], None]
    warn: Callable[[str], None]


def memories_of(product: Product, sources: Sequence[Source], looking: Looking) -> Iterator[Memory]:
    """Everything to be remembered of ``product``, which was made of ``sources``, without vectors.

    A document is remembered by its passages, whichever pipeline read it, and a picture by itself; so the same is made
    of them by every job.
    """
    for number, source in enumerate(sources):
        if source.media_type in PICTURE_FORMATS:
            yield picture_of(source, number)
        elif source.media_type in DOCUMENT_TYPES and product.pipeline != "image.read":
            yield from _read(product, source, number, looking)
    if any(part.kind is PartKind.SEGMENT for part in product.parts):
        yield from segments_of(product, sources[0])
    if product.pipeline == "image.read":
        yield from lines_of(product, sources[0])
    if product.pipeline == "image.analyze":
        yield from labels_of(product)
    yield from written_by(product)


def _read(product: Product, source: Source, number: int, looking: Looking) -> Iterator[Memory]:
    """What stands in a document; of several the job may have passed one over that cannot be read, and so does this."""
    passages = spoken_passages if product.pipeline == "audio.speak" else passages_in  # the first may be marked up
    try:
        yield from passages(source, number, looking.count_tokens, looking.check)
    except BadInput as error:
        looking.warn(f"{source.name!r} was not read ({error.message})")
