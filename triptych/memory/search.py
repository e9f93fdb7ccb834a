"""Finding memories by their words, by vectors, or by both, in one statement that sees its owner's alone.

What it does not see for itself stands before it: which spaces there are, and how rare the words are (docs/adr/0014).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, literal, select
from sqlalchemy.exc import ProgrammingError

from pipelines.house import MemoryKind, SpaceKind, Vector
from triptych.memory.filters import Within, allowed
from triptych.memory.fusion import Ranking, contribution_columns, contributions, fused
from triptych.memory.matching import holding, nearest_words
from triptych.memory.signs import Near
from triptych.memory.snippets import snippet
from triptych.memory.spaces import can_compare, spaces_of, why_not
from triptych.memory.tables import memories
from triptych.memory.telling import memory_of, source_of, told_memories
from triptych.memory.values import Contribution, Filter, Found, Hit, Question, SpaceState, UnknownMemory
from triptych.memory.vectors import check_vector, nearest, vector_of
from triptych.memory.words import Wanted, wanted
from triptych.store import Store

DEPTH = 200  # of each ranking: what stands further down in one of them hardly comes to the top of all
# How far pgvector's index is walked through: on where the filters leave too few, with as many at hand as are wanted.
# And each question has a plan of its own: one for any, as a connection makes from the eleventh on, knows neither how
# many memories the owner has nor how many are wanted, and took twenty times as long with 10,000 memories. None is
# compiled, which takes longer than a search.
SETTINGS = {
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": str(DEPTH),
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
}
DROPPED_MEANWHILE = 2  # times that a space may be dropped between two statements of one search
OTHER_SPACE = "not compared by {}: what is remembered was compared by another model, or by none yet"

_RANKINGS = {SpaceKind.TEXT: Ranking.MEANING, SpaceKind.PICTURE: Ranking.PICTURE}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for, of whose memories, and which page of them."""

    owner: str
    looked_for: Wanted
    near: Sequence[Near]
    only: Filter
    count: int
    offset: int = 0
    but: int | None = None


def search(store: Store, owner: str, question: Question) -> Found:
    """The owner's memories that fit ``question``, best first; without words or vectors the newest first.

    Raises vectors.BadVector.
    """
    looked_for = wanted(question.text, question.filter.languages)

    def ask(connection: Connection) -> Found:
        near, warnings = _near(connection, question.vectors)
        if question.text.strip() and not can_compare(connection):
            warnings = [why_not(connection)]
        asked = _Asked(owner, looked_for, near, question.filter, question.count, question.offset)
        return _found(connection, asked, warnings)

    return _asking(store, ask)


def similar(store: Store, owner: str, memory_id: str, only: Filter | None = None, count: int = 20) -> Found:
    """The owner's memories that are most like this one, in each space that it has a vector in; by words if in none.

    Raises UnknownMemory.
    """

    def ask(connection: Connection) -> Found:
        its = select(memories.c.number, memories.c.text, memories.c.language)
        row = connection.execute(its.where(memories.c.id == memory_id, memories.c.owner == owner)).one_or_none()
        if row is None:
            raise UnknownMemory(memory_id)
        near, warnings = _of_memory(connection, row.number)
        looked_for = (
            Wanted((), ()) if near else wanted(row.text.replace('"', " "), (row.language,) * bool(row.language))
        )
        if not (near or looked_for):
            return Found((), more=False, warnings=tuple(warnings))
        return _found(connection, _Asked(owner, looked_for, near, only or Filter(), count, but=row.number), warnings)

    return _asking(store, ask)


def _asking(store: Store, ask: Callable[[Connection], Found]) -> Found:
    """What ``ask`` finds; it is asked again where the table of a space was dropped meanwhile, another being active."""
    for _ in range(DROPPED_MEANWHILE):
        try:
            with store.database.read_under(SETTINGS) as connection:
                return ask(connection)
        except ProgrammingError as error:
            if "does not exist" not in str(error.orig):
                raise
    with store.database.read_under(SETTINGS) as connection:
        return ask(connection)


def _found(connection: Connection, asked: _Asked, warnings: Sequence[str]) -> Found:
    rankings = _rankings(connection, asked)
    page = _fused_page(connection, asked, rankings) if rankings else _newest_page(connection, asked)
    rows = connection.execute(page).all()
    hits = [_hit(row, asked.looked_for, contributions(row) if rankings else ()) for row in rows[: asked.count]]
    return Found(hits, more=len(rows) > asked.count, warnings=tuple(dict.fromkeys(warnings)))


def _rankings(connection: Connection, asked: _Asked) -> dict[Ranking, Select[Any]]:
    """What is looked for as rankings; each sees the owner's memories alone, of which the filters let through."""
    depth = max(DEPTH, asked.offset + asked.count + 1)
    within = Within(
        asked.owner, _allowed(connection, asked), every=asked.only == Filter() and not asked.looked_for.phrases
    )
    rankings: dict[Ranking, Select[Any]] = {}
    if asked.looked_for:
        rankings[Ranking.WORDS] = nearest_words(connection, asked.looked_for, within, depth)
    for near in asked.near:
        rankings[_RANKINGS[near.stored.space.kind]] = nearest(connection, near, within, depth)
    return rankings


def _allowed(connection: Connection, asked: _Asked) -> list[ColumnElement[bool]]:
    where = allowed(asked.owner, asked.only)
    return [*where, holding(connection, asked.looked_for, asked.owner)] if asked.looked_for.phrases else where


def _fused_page(
    connection: Connection, asked: _Asked, rankings: Mapping[Ranking, Select[Any]]
) -> Select[Any]:  # Any: columns of several types
    best = fused(rankings, asked.count + 1, asked.offset, asked.but)
    page = told_memories(connection).add_columns(best.c.score, *contribution_columns(best))
    return page.join(best, best.c.memory == memories.c.number).order_by(best.c.score.desc(), memories.c.number)


def _newest_page(connection: Connection, asked: _Asked) -> Select[Any]:  # Any: columns of several types
    where = _allowed(connection, asked)
    if not asked.only.kinds:
        where.append(memories.c.kind != MemoryKind.TITLE)  # beside what stands in the files, their names tell nothing
    page = told_memories(connection).add_columns(literal(0.0).label("score")).where(*where)
    return page.order_by(memories.c.number.desc()).limit(asked.count + 1).offset(asked.offset)


def _near(connection: Connection, vectors: Sequence[Vector]) -> tuple[list[Near], list[str]]:
    """The vectors that lie in spaces which are searched; and a warning for the others."""
    active = {stored.space: stored for stored in spaces_of(connection, SpaceState.ACTIVE)} if vectors else {}
    near = [Near(active[vector.space], vector.values) for vector in vectors if vector.space in active]
    for one in near:
        check_vector(one.stored, one.values)
    others = [OTHER_SPACE.format(vector.space.model) for vector in vectors if vector.space not in active]
    return near, others


def _of_memory(connection: Connection, number: int) -> tuple[list[Near], list[str]]:
    """The vectors that a memory has in the spaces that are searched; and a warning where none can be had."""
    if not can_compare(connection):
        return [], [why_not(connection)]
    of_spaces = [(stored, vector_of(connection, stored, number)) for stored in spaces_of(connection, SpaceState.ACTIVE)]
    return [Near(stored, values) for stored, values in of_spaces if values is not None], []


def _hit(row: Row[Any], looked_for: Wanted, by: Sequence[Contribution]) -> Hit:
    memory = memory_of(row)
    shown, marks = snippet(memory.text, memory.language, looked_for)
    return Hit(memory, source_of(row), row.score, by, shown, marks)
