"""An account of several files without a language model, of their own words, cited.

What happened by one clock stands in the order of time, and each other file has a section.
"""

from collections.abc import Generator, Iterator, Sequence

from pipelines.briefing.shares import by_source
from pipelines.contract import Context, EngineUsed, Part, PartKind
from pipelines.dialogue.answered import Reply
from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.quoting import sentences_of
from pipelines.dialogue.relevance import best_first
from pipelines.engines.answering import EXCERPTS
from pipelines.house import MemoryKind

TIMELINE = "What happened, in the order of time"
SENTENCES = 3  # of a file, besides what a classifier saw in it
NOTHING_WRITTEN = (
    "These are excerpts from each file, word for word: no language model wrote an answer, or compared the files."
)


def brief(pieces: Sequence[Evidence], question: str, context: Context) -> Generator[Part, None, Reply]:
    """A section for each file: what a picture shows, and the sentences that fit ``question`` best, or the first ones.

    Those of the files that were aligned stand in one section, in the order of what happened. Yields a token for each
    section as it is there.
    """
    quotes: list[Evidence] = []
    sections: list[str] = []
    warnings: dict[str, None] = {}
    method = "the first sentences of each file"
    for own in _sections(pieces):
        chosen, doubts = _best_of_each(own, question, context)
        warnings.update(dict.fromkeys(doubts))
        if question:
            method = "words" if doubts else "sentences by meaning and words"
        section = _section(own, chosen, len(quotes) + 1)
        quotes += chosen
        yield Part(PartKind.TOKEN, {"text": f"\n\n{section}" if sections else section})
        sections.append(section)
    return Reply("\n\n".join(sections), quotes, EngineUsed(EXCERPTS, method), warnings=(NOTHING_WRITTEN, *warnings))


def _sections(pieces: Sequence[Evidence]) -> Iterator[Sequence[Evidence]]:
    """What stands on the axis of time, and each other file, in the order of their first pieces."""
    timed = [piece for piece in pieces if piece.happened]
    for own in by_source(pieces).values():
        if own[0].happened is None:
            yield own
        elif own[0] is timed[0]:
            yield timed


def _best_of_each(
    own: Sequence[Evidence], question: str, context: Context
) -> tuple[Sequence[Evidence], tuple[str, ...]]:
    """What is quoted of each file, in the order of what happened where that is known."""
    chosen: list[Evidence] = []
    warnings: list[str] = []
    for of_file in by_source(own).values():
        context.check()
        best, doubts = _chosen(of_file, question, context)
        chosen += best
        warnings += doubts
    timed = [(piece.happened.begin, piece) for piece in chosen if piece.happened]
    in_order = [piece for _, piece in sorted(timed, key=lambda both: both[0])]
    return in_order or chosen, tuple(warnings)


def _chosen(own: Sequence[Evidence], question: str, context: Context) -> tuple[list[Evidence], tuple[str, ...]]:
    seen = [piece for piece in own if piece.kind is MemoryKind.LABELS]
    said = [sentence for piece in own if piece not in seen for sentence in sentences_of(piece)]
    if not question or len(said) <= SENTENCES:
        return [*seen, *said[:SENTENCES]], ()
    best, warnings = best_first(said, question, SENTENCES, context)
    wanted = {id(sentence) for sentence in best}
    return [*seen, *(sentence for sentence in said if id(sentence) in wanted)], warnings


def _section(own: Sequence[Evidence], chosen: Sequence[Evidence], first: int) -> str:
    """A heading, and a paragraph for each quote with its number: the file's name, or the time and the name of each."""
    if own[0].happened is None:
        quotes = [f"{_quoted(piece)} [{number}]" for number, piece in enumerate(chosen, first)]
        return "\n\n".join([f"### {_plain(own[0].title)}", *quotes])
    lines = [f"### {TIMELINE}"]
    day = ""
    for number, piece in enumerate(chosen, first):
        if piece.happened and day != (day := f"{piece.happened.day}, by {piece.happened.zone}"):
            lines.append(day)
        clock = piece.happened.clock if piece.happened else ""
        lines.append(f"**{clock}** {_plain(piece.title)}: {_quoted(piece)} [{number}]")
    return "\n\n".join(lines)


def _quoted(piece: Evidence) -> str:
    text = " ".join(piece.text.split())
    return text if piece.kind is MemoryKind.LABELS else f"“{text}”"


def _plain(title: str) -> str:
    """A file's name as Markdown has it: with no mark of its own."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>#|!" else sign for sign in title)
