"""text.answer: a question answered, from documents where some are given, with the places the answer rests on."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Result, Run, Source
from pipelines.engines.answering import SERVER, Answer, Answered, Question, answering_engines
from pipelines.engines.embedding import language_warning
from pipelines.engines.language import detect_language
from pipelines.engines.retrieval import MAX_COMPARED, Passage, best_of, passages_of
from pipelines.engines.selection import Choice, Surroundings, choose
from pipelines.media.document import DOCUMENT_TYPES, read_document

MAX_SOURCES = 20


def _asked(question: str) -> str:
    if not question.strip():
        raise ValueError("the question is empty: ask something")
    return question.strip()


class AnswerParams(Params):
    """What is asked, and how the answer is written."""

    question: Annotated[str, AfterValidator(_asked)] = Field(
        min_length=1, max_length=4000, title="Question", description="What is to be answered."
    )
    passages: int = Field(
        6, ge=1, le=30, title="Passages", description="How many of the documents' best passages the answer rests on."
    )
    system: str = Field(
        "", max_length=4000, title="Instructions", description="How to answer. Left empty: precisely and briefly."
    )
    model: str = Field("", max_length=200, title="Model", description="Left empty: the server's configured model.")
    temperature: float = Field(
        0.2, ge=0, le=2, title="Temperature", description="0 always takes the likeliest word; more varies."
    )
    max_tokens: int = Field(
        1024, ge=1, le=16_384, title="Tokens at most", description="Where the answer is cut off, in tokens."
    )
    engine: Literal["auto", "openai-compatible", "extractive"] = Field(
        "auto",
        title="Engine",
        description="openai-compatible sends the question and the passages to the configured server; extractive quotes "
        "from the documents here. auto quotes only where no server is configured.",
    )


@pipeline(
    name="text.answer",
    title="Answer a question",
    lane=Lane.NET,
    accepts=DOCUMENT_TYPES,
    params=AnswerParams,
    min_sources=0,
    max_sources=MAX_SOURCES,
    rank=4,
    time_limit_s=1800,  # a large model on a CPU writes two words a second
)
def answer(sources: Sequence[Source], params: AnswerParams, context: Context) -> Run:
    """Answer a question, from documents where some are given, and tell which passages the answer rests on.

    The answer is written by the language model of the configured server, to which the question and the best passages
    are sent. Where no server is configured, the documents' best sentences are quoted instead, and the result says so.
    """
    choice = _chosen(params, context, bool(sources))
    passages, warnings = _passages(sources, params, context)
    question = Question(params.question, passages, params.system, params.model, params.temperature, params.max_tokens)
    answered = yield from choice.engine.make()(question, context)
    path = context.workdir / "answer.md"
    path.write_text(_written(answered), encoding="utf-8")
    yield Output("answer.md", "text/markdown", path)
    body = {
        "question": params.question,
        "answer": answered.text,
        "citations": [{"number": number, **passage.told()} for number, passage in answered.cited],
        "passages": [passage.told() for passage in passages],
        **answered.told,
    }
    return Result(body, answered.engine, (*warnings, *choice.warnings, *answered.warnings))


def _chosen(params: AnswerParams, context: Context, has_documents: bool) -> Choice[Answer]:
    """A server that is configured and away is waited for: excerpts are no answer to who has a model."""
    wanted = SERVER if params.engine == "auto" and context.answer_server is not None else params.engine
    surroundings = Surroundings(context.models_dir, context.network, context.answer_server)
    return choose(answering_engines(has_documents), surroundings, wanted)


def _passages(
    sources: Sequence[Source], params: AnswerParams, context: Context
) -> tuple[list[Passage], tuple[str, ...]]:
    """The documents' best passages, and what should be known of how they were read and compared."""
    candidates: list[Passage] = []
    warnings: list[str] = []
    for number, source in enumerate(sources):
        context.progress(None, "reading")
        document = read_document(source, context.check)
        warnings.extend((*document.warnings, *language_warning(detect_language(document.text))))
        candidates.extend(passages_of(document, number, source.name, context))
        context.check()
    if len(candidates) > MAX_COMPARED:
        warnings.append(
            f"The documents have {len(candidates):,} passages; the {MAX_COMPARED:,} that share most words with the "
            "question were compared."
        )
    best = best_of(candidates, params.question, params.passages, context) if candidates else []
    return best, tuple(dict.fromkeys(warnings))


def _written(answered: Answered) -> str:
    """The answer, with the places of what it cites below."""
    places = [f"[{number}] {passage.name}" + _page(passage) for number, passage in answered.cited]
    return "\n\n".join([answered.text.strip(), *(["\n".join(places)] if places else [])]) + "\n"


def _page(passage: Passage) -> str:
    return "" if passage.page is None else f", page {passage.page}"
