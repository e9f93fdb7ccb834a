"""Texts that jobs wrote themselves as memories: they stand in no input, so the job is their source."""

from collections.abc import Iterator

from pipelines.contract import JsonObject
from pipelines.engines.language import UNDETERMINED, detect_language
from pipelines.house import Memory, MemoryKind, Modality, Product

TEXTS = ("question", "answer", "summary")  # of a result, in the order in which they are read


def written_by(product: Product) -> Iterator[Memory]:
    """The summary, or the question with its answer, that the job's result tells; nothing where it tells neither."""
    texts = [str(product.result[name]) for name in TEXTS if product.result.get(name)]
    if not any(product.result.get(name) for name in TEXTS[1:]):
        return
    text = "\n".join(texts)
    language = detect_language(text)
    place: JsonObject = {"start": 0, "end": len(text)}
    language = "" if language == UNDETERMINED else language
    yield Memory(MemoryKind.PASSAGE, Modality.TEXT, text, place, 0.0, language, source=None)
