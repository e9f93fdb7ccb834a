"""What is told of searches whose answers are known."""

import numpy as np

from bench.corpus import Asked, Corpus, Passage, Sort
from bench.recall import Scored, Way, gain_table, keep_corpus, quality_table, scored
from pipelines.house import Space, SpaceKind, Vector
from triptych.store import Store

SPACE = Space(SpaceKind.TEXT, "made", 8)
PASSAGES = [
    Passage(0, 0, "en", "The ferry sank in March."),
    Passage(1, 0, "en", "The ferry was sold to Ada Quist."),
    Passage(2, 1, "en", "The mill burnt down."),
]
SANK = Asked("the boat went under", Sort.OTHER_WORDS, "en", {0: 2, 1: 1})
SOLD = Asked("Ada Quist", Sort.NAMES, "en", {1: 2})
CORPUS = Corpus(["the ferry", "the mill"], PASSAGES, [SANK, SOLD])


def pointing(place: int) -> Vector:
    return Vector(SPACE, np.eye(8, dtype="<f4")[place].tobytes())


def test_question_is_scored_by_what_each_way_finds(store: Store) -> None:
    keep_corpus(store, CORPUS, [pointing(0), pointing(1), pointing(2)])
    asked = [pointing(0), pointing(2)]  # the second means something else than it says

    by_words, by_meaning = ([*scored(store, CORPUS, asked, way)] for way in (Way.WORDS, Way.MEANING))

    assert [one.recall for one in by_words] == [0, 1]
    assert by_words[1].ndcg == 1
    assert by_meaning[0].ndcg == 1
    assert by_meaning[1].ndcg < 1


def test_rows_tell_the_means_of_each_sort_and_of_all() -> None:
    german = Asked("die Fähre", Sort.NAMES, "de", {0: 2})
    every = [Scored(SANK, 0.0, 0.2), Scored(SOLD, 1.0, 0.8), Scored(german, 1.0, 0.5)]

    table = quality_table("SQLite", {Way.BOTH: every})

    told = {row[0]: (row[2], str(row[3])[:5], str(row[4])[:5]) for row in table.rows}
    assert told == {
        "all": (3, "0.667", "0.500"),
        "other words": (1, "0.000", "0.200"),
        "names and numbers": (1, "1.000", "0.800"),
        "German, Spanish, French": (1, "1.000", "0.500"),
    }


def test_gain_is_of_both_over_each_alone() -> None:
    results = {
        Way.WORDS: [Scored(SANK, 0.0, 0.0), Scored(SOLD, 1.0, 1.0)],
        Way.MEANING: [Scored(SANK, 1.0, 1.0), Scored(SOLD, 1.0, 0.5)],
        Way.BOTH: [Scored(SANK, 1.0, 1.0), Scored(SOLD, 1.0, 1.0)],
    }

    table = gain_table("SQLite", results)

    assert [[str(cell)[:5] for cell in row] for row in table.rows] == [
        ["both ", "0.500", "0.500"],
        ["both ", "0.000", "0.250"],
    ]
