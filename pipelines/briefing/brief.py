"""An account of several files without a language model: a section for each, of its own words, cited."""

from collections.abc import Generator, Sequence

from pipelines.briefing.shares import by_source
from pipelines.contract import Context, EngineUsed, Part, PartKind
from pipelines.dialogue.answered import Reply
from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.quoting import sentences_of
from pipelines.dialogue.relevance import best_first
from pipelines.engines.answering import EXCERPTS
from pipelines.house import MemoryKind

SENTENCES = 3  # of a file, besides what a classifier saw in it
NOTHING_WRITTEN = (
    "These are excerpts from each file, word for word: no language model wrote an answer, or compared the files."
)


def brief(pieces: Sequence[Evidence], question: str, context: Context) -> Generator[Part, None, Reply]:
    """A section for each file: what a picture shows, and the sentences that fit ``question`` best, or the first ones.

    Yields a token for each section as it is there.
    """
    quotes: list[Evidence] = []
    sections: list[str] = []
    warnings: dict[str, None] = {}
    method = "the first sentences of each file"
    for own in by_source(pieces).values():
        context.check()
        chosen, doubts = _chosen(own, question, context)
        warnings.update(dict.fromkeys(doubts))
        if question:
            method = "words" if doubts else "sentences by meaning and words"
        first = len(quotes) + 1
        quotes += chosen
        section = _section(own[0].title, chosen, first)
        yield Part(PartKind.TOKEN, {"text": f"\n\n{section}" if sections else section})
        sections.append(section)
    return Reply("\n\n".join(sections), quotes, EngineUsed(EXCERPTS, method), warnings=(NOTHING_WRITTEN, *warnings))


def _chosen(own: Sequence[Evidence], question: str, context: Context) -> tuple[list[Evidence], tuple[str, ...]]:
    seen = [piece for piece in own if piece.kind is MemoryKind.LABELS]
    said = [sentence for piece in own if piece not in seen for sentence in sentences_of(piece)]
    if not question or len(said) <= SENTENCES:
        return [*seen, *said[:SENTENCES]], ()
    best, warnings = best_first(said, question, SENTENCES, context)
    wanted = {id(sentence) for sentence in best}
    return [*seen, *(sentence for sentence in said if id(sentence) in wanted)], warnings


def _section(title: str, chosen: Sequence[Evidence], first: int) -> str:
    """The file's name as a heading, and a paragraph for each quote with its number."""
    quotes = [f"{_quoted(piece)} [{number}]" for number, piece in enumerate(chosen, first)]
    return "\n\n".join([f"### {_plain(title)}", *quotes])


def _quoted(piece: Evidence) -> str:
    text = " ".join(piece.text.split())
    return text if piece.kind is MemoryKind.LABELS else f"“{text}”"


def _plain(title: str) -> str:
    """A file's name as Markdown has it: with no mark of its own."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>#|!" else sign for sign in title)
