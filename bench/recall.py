"""Recall: how well memories are found by words alone, by meaning alone, and by both, where the answers are known.

Told are recall@10 (whether the exact passage is among the first ten hits) and nDCG@10 (the exact passage counts 3, the
others of its document 1, less the further down they stand; Järvelin and Kekäläinen 2002), of searches of one owner's
memories as the API does them, each with its 95 % interval (bootstrap over the questions). A last table tells by how
much both together are better than each alone, on the same questions. The vectors are MiniLM's, which knows English; so
questions in German, Spanish and French, about passages in the same language, are told apart.

The corpus is made by `bench/corpus.py` of wordings written by hand: 64 subjects, each with a document in which each of
48 events happened to it, and 10 with 12 in three other languages. Every passage shares its event's words with passages
of 63 documents and its subject's with 47 of its own, and bears a name, a number or a sum that stands nowhere else.
Asked is in the same words, in other words (none that tells stands in the passage), or for the name or number.
PostgreSQL is vacuumed and analysed when all is kept, as its own daemon does in time.

    python -m bench.recall [--seed 7] [--questions 150] [--home DIRECTORY]
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from bench.corpus import Asked, Corpus, Passage, Sort, made_corpus
from bench.databases import private_databases
from bench.filled import FINISHED, OWNERS, fill, row_id, settle_statistics
from bench.ranking import DEPTH, ndcg, recall, with_interval
from bench.stack import private_redis
from bench.table import Table, print_tables
from pipelines.house import Memory, MemoryKind, Modality, Space, SpaceKind, Vector
from triptych.memory.keeping import AT_A_TIME, Origin, keep
from triptych.memory.search import search
from triptych.memory.values import Question
from triptych.settings import Settings
from triptych.store import Store, open_store

OWNER = "owner-0"  # the one of the filled jobs whose numbers are multiples of their owners'
AT_ONCE = 64
ALL, OTHER_LANGUAGES = "all", "German, Spanish, French"


class Way(StrEnum):
    """What a question is compared by."""

    WORDS = "words"
    MEANING = "meaning"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Scored:
    """What one search was worth."""

    asked: Asked
    recall: float
    ndcg: float


Results = Mapping[Way, Sequence[Scored]]


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Keep the corpus in each database, and ask all questions in each way."""
    options = _options(arguments)
    corpus = made_corpus(options.seed, options.questions)
    vectors = _vectors([passage.text for passage in corpus.passages])
    asked = _vectors([question.text for question in corpus.questions])
    size = f"{len(corpus.passages):,} passages, {len(corpus.questions)} questions, seed {options.seed}"
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home)))
        redis = running.enter_context(private_redis(home))
        for server in running.enter_context(private_databases(home)):
            settings = Settings(home=home, redis_url=redis.url, database_url=server.url)
            with closing(open_store(settings, synchronous="OFF")) as store:
                keep_corpus(store, corpus, vectors)
                settle_statistics(store.database)
                results = {way: [*scored(store, corpus, asked, way)] for way in Way}
            yield quality_table(f"{server.name}: {size}", results)
            yield gain_table(f"{server.name}: by how much both are better than one alone, all questions", results)


def keep_corpus(store: Store, corpus: Corpus, vectors: Sequence[Vector]) -> None:
    """Keep each document as what a finished job made, its passages with their vectors."""
    fill(store.database, FINISHED, 0, OWNERS * len(corpus.titles))
    for document, passages in groupby(corpus.passages, lambda passage: passage.document):
        job_id = row_id(OWNERS * (document + 1))
        origin = Origin(corpus.titles[document], "text/plain", store.clock(), job_id=job_id)
        new = [_memory(passage, vectors[passage.number]) for passage in passages]
        for start in range(0, len(new), AT_A_TIME):
            with store.database.write() as connection:
                keep(connection, OWNER, job_id, 1, {None: origin}, new[start : start + AT_A_TIME], store.clock())


def scored(store: Store, corpus: Corpus, asked: Sequence[Vector], way: Way) -> Iterator[Scored]:
    """Ask every question this way."""
    numbers = {passage.text: passage.number for passage in corpus.passages}
    for question, vector in zip(corpus.questions, asked, strict=True):
        text = "" if way is Way.MEANING else question.text
        vectors = () if way is Way.WORDS else (vector,)
        hits = search(store, OWNER, Question(text, vectors, count=DEPTH)).hits
        ranked = [numbers[hit.memory.text] for hit in hits]
        yield Scored(question, recall(ranked, question.grades), ndcg(ranked, question.grades))


def quality_table(title: str, results: Results) -> Table:
    """Each way's recall and nDCG, of all questions and of each sort."""
    rows = []
    for name in (ALL, *Sort, OTHER_LANGUAGES):
        for way, every in results.items():
            some = [one for one in every if _is_of(one.asked, name)]
            if not some:
                continue
            measures = ([one.recall for one in some], [one.ndcg for one in some])
            rows.append((name, way, len(some), *map(with_interval, measures)))
    return Table(title, ("questions", "by", "number", "recall@10", "nDCG@10"), rows)


def gain_table(title: str, results: Results) -> Table:
    """How much higher both are than each alone, question by question."""
    rows = []
    for way in (Way.WORDS, Way.MEANING):
        pairs = [*zip(results[Way.BOTH], results[way], strict=True)]
        measures = ([a.recall - b.recall for a, b in pairs], [a.ndcg - b.ndcg for a, b in pairs])
        rows.append((f"both over {way}", *map(with_interval, measures)))
    return Table(title, ("", "recall@10", "nDCG@10"), rows)


def _is_of(asked: Asked, name: str) -> bool:
    if name == OTHER_LANGUAGES:
        return asked.language != "en"
    return name == ALL or (asked.language == "en" and asked.sort == name)


def _memory(passage: Passage, vector: Vector) -> Memory:
    place = {"start": passage.number, "end": passage.number + len(passage.text)}
    vectors = (vector,)
    return Memory(
        MemoryKind.PASSAGE, Modality.TEXT, passage.text, place, passage.number, passage.language, None, vectors
    )


def _vectors(texts: Sequence[str]) -> list[Vector]:
    """The texts as the default model's vectors."""
    from pipelines.engines.embedding import embedder
    from pipelines.standalone import standalone_context

    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as folder:
        context = standalone_context(Path(folder))
        model, _, _ = embedder(context)
        space = Space(SpaceKind.TEXT, model.name, model.dimensions)
        encoded = (model.encode(texts[at : at + AT_ONCE], context.check) for at in range(0, len(texts), AT_ONCE))
        return [Vector(space, vector.tobytes()) for some in encoded for vector in some]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--questions", type=int, default=150, help="in English, of each sort")
    parser.add_argument("--home", type=Path, help="directory for the state")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
