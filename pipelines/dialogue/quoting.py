"""A reply without a language model: the sentences that fit the question best, word for word, or why there are none."""

from collections.abc import Generator, Sequence
from dataclasses import replace

from pipelines.contract import Context, EngineUsed, Part, PartKind
from pipelines.dialogue.answered import Reply
from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.relevance import best_first
from pipelines.engines.answering import EXCERPTS
from pipelines.engines.excerpts import NEAR_BEST, NOTHING_WRITTEN, SENTENCES
from pipelines.house import MemoryKind
from pipelines.media.passages import sentences

NOTHING = (
    "There is nothing here to answer from: {why}. Attach a file that holds the answer, or have an administrator set "
    "TRIPTYCH_ANSWER_URL to an OpenAI-compatible server, which then writes the answers."
)
WITH_MEMORY = "no language model is configured, and neither the attached files nor the memory have anything on this"
WITHOUT_MEMORY = "no language model is configured, no attached file has anything on this, and the memory was not asked"


def quote_reply(
    question: str, evidence: Sequence[Evidence], context: Context, *, asked_memory: bool
) -> Generator[Part, None, Reply]:
    """Up to ``SENTENCES`` of the best of ``evidence``, each cited; where there are none, a text that says so."""
    once = {sentence.text: sentence for piece in reversed(evidence) for sentence in sentences_of(piece)[::-1]}
    inside = list(once.values())[::-1]  # a summary is remembered beside what it was made of
    if not inside:
        text = NOTHING.format(why=WITH_MEMORY if asked_memory else WITHOUT_MEMORY)
        yield Part(PartKind.TOKEN, {"text": text})
        return Reply(text, (), EngineUsed(EXCERPTS, "nothing to quote"))
    context.progress(None, "looking for passages")
    best, warnings = best_first(inside, question, SENTENCES, context, near_best=NEAR_BEST)
    quotes = [f"“{piece.text}” [{number}]" for number, piece in enumerate(best, 1)]
    for number, quote in enumerate(quotes):
        yield Part(PartKind.TOKEN, {"text": quote if number == 0 else f"\n\n{quote}"})
    method = "words" if warnings else "sentences by meaning and words"
    return Reply("\n\n".join(quotes), best, EngineUsed(EXCERPTS, method), warnings=(NOTHING_WRITTEN, *warnings))


def sentences_of(piece: Evidence) -> list[Evidence]:
    """The sentences of a piece; of a document each at its own place.

    That of the whole is theirs where the document has other white space than the piece, which is on one line: a
    character here is none there.
    """
    found = sentences(piece.text)
    first, end = piece.place.get("start"), piece.place.get("end")
    if piece.kind is not MemoryKind.PASSAGE or first is None or end != first + len(piece.text):
        return [replace(piece, text=span.of(piece.text)) for span in found]
    return [
        replace(
            piece,
            text=span.of(piece.text),
            place={**piece.place, "start": first + span.start, "end": first + span.end},
        )
        for span in found
    ]
