"""Answers to single questions by a language model behind an OpenAI-compatible server, with what they cite."""

from collections.abc import Generator

from pipelines.contract import Context, Part
from pipelines.engines.answering import GROUNDING, SYSTEM, Answered, Question
from pipelines.engines.chat_server import Exchange, say
from pipelines.engines.citing import cited_numbers, cites_nothing
from pipelines.engines.retrieval import Passage


def write_answer(question: Question, context: Context) -> Generator[Part, None, Answered]:
    """Have the context's server answer; see ``Answer``. Raises as ``chat_server.say`` does."""
    context.progress(None, "waiting for the model")
    asked = Exchange(_messages(question), question.model, question.temperature, question.max_tokens)
    said = yield from say(asked, context)
    wanted = cited_numbers(said.text) if question.passages else ()
    cited = [(number, question.passages[number - 1]) for number in wanted if 1 <= number <= len(question.passages)]
    warnings = (*said.warnings, *cites_nothing(wanted, len(question.passages)))
    return Answered(said.text, cited, said.engine, said.told, warnings)


def _messages(question: Question) -> list[dict[str, str]]:
    system = question.system or SYSTEM
    if not question.passages:
        return [{"role": "system", "content": system}, {"role": "user", "content": question.text}]
    numbered = "\n\n".join(f"[{number}] {_headed(passage)}" for number, passage in enumerate(question.passages, 1))
    return [
        {"role": "system", "content": f"{system}\n\n{GROUNDING}"},
        {"role": "user", "content": f"Passages:\n\n{numbered}\n\nQuestion: {question.text}"},
    ]


def _headed(passage: Passage) -> str:
    page = "" if passage.page is None else f", page {passage.page}"
    return f"({passage.name}{page})\n{passage.text}"
