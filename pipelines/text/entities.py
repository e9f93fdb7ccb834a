"""text.entities: the people, organisations and places that a document names, and where."""

import json
from collections import Counter
from collections.abc import Generator, Sequence

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import (
    Context,
    EngineUsed,
    JsonObject,
    Lane,
    Output,
    Params,
    Part,
    PartKind,
    Result,
    Run,
    Source,
)
from pipelines.engines.bert_config import MODEL_NAME_PATTERN
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.recognising import DEFAULT_MODEL, Entity, Recogniser, recogniser, recognising_engines
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput
from pipelines.media.document import DOCUMENT_TYPES, Document, read_prose
from pipelines.media.passages import Span

ENTITIES_TYPE = "application/vnd.triptych.entities+json"
MAX_CHARACTERS = 5_000_000  # 2,000 pages: half an hour by a model of BERT's size on two cores
MOST_TOLD = 500  # entities in the result, names in its counts, and parts; the file holds all


class EntitiesParams(Params):
    """Which model looks for names, and how sure it has to be."""

    model: str = Field(
        DEFAULT_MODEL,
        max_length=100,
        pattern=MODEL_NAME_PATTERN,
        title="Model",
        description="The name of a BERT token classifier in the models' folder entities.",
    )
    min_score: float = Field(
        0.5, ge=0, le=1, title="Least score", description="Names of which the model is less sure are left out."
    )


def found_by(params: EntitiesParams, surroundings: Surroundings) -> str:
    """What would find names now."""
    return made_by_engine(recognising_engines(params.model), surroundings, packages=("pypdf",))


@pipeline(
    name="text.entities",
    title="Find names",
    lane=Lane.GPU,
    accepts=DOCUMENT_TYPES,
    params=EntitiesParams,
    rank=5,
    time_limit_s=7200,  # 2,000 pages take half an hour on two cores, on busy ones more
    made_by=found_by,
)
def entities(sources: Sequence[Source], params: EntitiesParams, context: Context) -> Run:
    """Find the people, organisations and places that a document names, with where they stand and how sure that is.

    Plain text, Markdown and PDF are read. Which kinds of names are told apart is the model's matter; it lies in the
    models' folder, and without one nothing is guessed.
    """
    context.progress(None, "reading")
    document = read_prose(sources[0], context.check)
    if len(document.text) > MAX_CHARACTERS:
        raise BadInput(
            f"The document has {len(document.text):,} characters; at most {MAX_CHARACTERS:,} are read: split it.",
            code="too_large",
        )
    model = recogniser(context, params.model)
    found = yield from _found(document, model, params.min_score, context)
    yield _written(found, model.used, context)
    return _result(found, document, model.used)


def _found(
    document: Document, model: Recogniser, min_score: float, context: Context
) -> Generator[Part, None, list[JsonObject]]:
    """Every entity, in order; a part for the first mention of each."""
    found: list[JsonObject] = []
    shown: set[tuple[str, str]] = set()
    for read, some in model.recognise(document.text, context.check):
        context.check()
        context.progress(read / len(document.text), "finding names")
        for entity in some:
            told = _told(document, entity)
            if entity.score < min_score or not told["text"]:
                continue
            found.append(told)
            name = (told["label"], told["text"])
            if name not in shown and len(shown) < MOST_TOLD:
                shown.add(name)
                yield Part(PartKind.PASSAGE, told)
    return found


def _told(document: Document, entity: Entity) -> JsonObject:
    page = document.page_at(entity.start)
    return {
        "text": Span(entity.start, entity.end).of(document.text),
        "label": entity.label,
        "start": entity.start,
        "end": entity.end,
        **({} if page is None else {"page": page}),
        "score": round(entity.score, 4),
    }


def _written(found: Sequence[JsonObject], used: EngineUsed, context: Context) -> Output:
    path = context.workdir / "entities.json"
    body = {"model": used.model, "names": _counted(found), "entities": found}
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Output(path.name, ENTITIES_TYPE, path)


def _counted(found: Sequence[JsonObject]) -> list[JsonObject]:
    """How often each name was found as what, the most frequent first."""
    counts = Counter((entity["label"], entity["text"]) for entity in found)
    return [{"label": label, "text": text, "count": count} for (label, text), count in counts.most_common()]


def _result(found: Sequence[JsonObject], document: Document, used: EngineUsed) -> Result:
    body = {
        "entities_found": len(found),
        "labels": dict(Counter(entity["label"] for entity in found).most_common()),
        "names": _counted(found)[:MOST_TOLD],
        "entities": found[:MOST_TOLD],
    }
    cut = (
        (f"{len(found):,} entities were found; the first {MOST_TOLD} are told here, all of them in entities.json.",)
        if len(found) > MOST_TOLD
        else ()
    )
    return Result(body, used, (*document.warnings, *cut))
