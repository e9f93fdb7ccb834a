"""Pictures as memories: the picture by itself, and what was seen in it."""

from collections.abc import Iterator

from pipelines.contract import JsonObject, Source
from pipelines.house import Memory, MemoryKind, Modality, Product
from pipelines.memory.titles import words_of

LEAST_SCORE = 0.1  # of a label that is remembered beside the most probable one
LEAST_FIT = 0.3  # of a word of the user's own


def picture_of(source: Source, number: int) -> Memory:
    """A picture, found by its name and by pictures or words that are like it."""
    return Memory(MemoryKind.PICTURE, Modality.IMAGE, words_of(source.name), {}, 0.0, source=number)


def labels_of(product: Product) -> Iterator[Memory]:
    """What the analysis found: labels, the user's words that fit, faces, and what codes say. Labels are English."""
    seen = [*_labels(product.result), *_words(product.result), *_faces(product.result), *_codes(product.result)]
    if seen:
        yield Memory(MemoryKind.LABELS, Modality.IMAGE, ", ".join(dict.fromkeys(seen)), {}, 1.0, "en")


def _labels(analysis: JsonObject) -> Iterator[str]:
    for number, label in enumerate(analysis.get("labels", ())):
        if number == 0 or label["score"] >= LEAST_SCORE:
            yield label["label"]


def _words(analysis: JsonObject) -> Iterator[str]:
    return (word["label"] for word in analysis.get("words", ()) if word["score"] >= LEAST_FIT)


def _faces(analysis: JsonObject) -> Iterator[str]:
    if count := len(analysis.get("faces", ())):
        yield "a face" if count == 1 else f"{count} faces"


def _codes(analysis: JsonObject) -> Iterator[str]:
    return (code["text"] for code in analysis.get("codes", ()) if code["text"])
