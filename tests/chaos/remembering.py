"""Something to remember: a pipeline that hears as many sentences as it is told."""

from collections.abc import Sequence

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, Params, Part, PartKind, Result, Run, Source


class Hearing(Params):
    """How much is heard."""

    sentences: int


def sentence(number: int) -> str:
    """One like no other."""
    return f"Sentence number {number} tells of the ferry that leaves the harbour {number} minutes after dawn."


def hear(sources: Sequence[Source], params: Hearing, context: Context) -> Run:
    """Hear sentences."""
    for number in range(params.sentences):
        yield Part(PartKind.SEGMENT, {"start_s": 4.0 * number, "end_s": 4.0 * number + 4, "text": sentence(number)})
    return Result({"language": "en"}, EngineUsed("chaos", "none"))


HEARING = Pipeline("chaos.hear", "Hear", Lane.CPU, ("*",), Hearing, hear, remember=True)
