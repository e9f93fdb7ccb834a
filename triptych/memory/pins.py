"""Pins whose memory is made anew: laid aside while its job is done again, and put on what is the same or nearly, then.

A pin is its owner's word that something matters; a transcription that is run again says most of it once more.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import ModuleType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from triptych.jobs.tables import job_inputs
from triptych.memory.tables import memories, memory_makers, memory_pins, memory_sources

NEARLY = 0.75  # of two texts that have so much in common, by their trigrams, one may be the other's correction
COMPARED = 300  # characters of each, its first
NEIGHBOURS = 5  # those nearest to where the memory was that are compared with it, before and behind
MOST = 200  # pins that are looked for, within the transaction that settles a job
MOST_MISSES = 3  # runs that made nothing like it, after which a pin is gone; some may be of another job

Neighbours = Mapping[tuple[int, str], Sequence[tuple[float, int]]]  # positions and numbers, by source and kind


def lay_aside_pins(connection: Connection, going: ColumnElement[bool]) -> None:
    """Keep the pins of memories all of whose makers are ``going``, a condition on ``memory_makers``."""
    columns = [memories.c[name] for name in ("id", "source", "kind", "position", "text", "pinned_at")]
    staying = select(1).where(memory_makers.c.memory == memories.c.number, ~going)
    pinned = memories.c.number.in_(select(memory_makers.c.memory).where(going)), memories.c.pinned_at.is_not(None)
    laid = _dialect(connection).insert(memory_pins)
    laid = laid.from_select([column.name for column in columns], select(*columns).where(*pinned, ~staying.exists()))
    connection.execute(laid.on_conflict_do_nothing())


def put_pins_back(connection: Connection, job_id: str) -> None:
    """Pin what is the same as what was pinned, or what the job has made nearly the same at nearly the same place.

    A pin that nothing was put on at several such calls is forgotten.
    """
    of_job = select(job_inputs.c.file_id).where(job_inputs.c.job_id == job_id)
    its = or_(memory_sources.c.file_id.in_(of_job), memory_sources.c.job_id == job_id)
    beside = memory_pins.c.source.in_(select(memory_sources.c.number).where(its))
    _put_on_the_same(connection, beside)
    _put_on_nearly_the_same(connection, job_id, beside)


def _put_on_the_same(connection: Connection, beside: ColumnElement[bool]) -> None:
    pinned_at = select(memory_pins.c.pinned_at).where(memory_pins.c.id == memories.c.id).scalar_subquery()
    again = memories.c.id.in_(select(memory_pins.c.id).where(beside)), memories.c.pinned_at.is_(None)
    connection.execute(update(memories).where(*again).values(pinned_at=pinned_at))
    there = select(memories.c.id).where(memories.c.id == memory_pins.c.id)
    connection.execute(delete(memory_pins).where(beside, there.exists()))


def _put_on_nearly_the_same(connection: Connection, job_id: str, beside: ColumnElement[bool]) -> None:
    pins = _pins(connection, job_id, beside)
    if not pins:
        return
    neighbours = _neighbours(connection, job_id, {pin.source for pin in pins})
    near = {pin.id: _nearest(neighbours[pin.source, pin.kind], pin.position) for pin in pins}
    trigrams = _trigrams_of(connection, {number for numbers in near.values() for number in numbers})
    put: dict[str, dict[str, Any]] = {}  # Any: columns
    for pin in pins:
        its = _trigrams(pin.text)
        likeness, number = max(((_likeness(its, trigrams[one]), -one) for one in near[pin.id]), default=(0.0, 0))
        if likeness >= NEARLY:
            put[pin.id] = {"memory": -number, "at": pin.pinned_at}
    if put:
        connection.execute(_PIN, [*put.values()])
        connection.execute(delete(memory_pins).where(memory_pins.c.id.in_(put)))
    missed = memory_pins.c.id.in_([pin.id for pin in pins if pin.id not in put])
    connection.execute(update(memory_pins).where(missed).values(missed=memory_pins.c.missed + 1))
    connection.execute(delete(memory_pins).where(missed, memory_pins.c.missed >= MOST_MISSES))


_PIN = (
    update(memories)
    .where(memories.c.number == bindparam("memory"), memories.c.pinned_at.is_(None))
    .values(pinned_at=bindparam("at"))
)


def _pins(connection: Connection, job_id: str, beside: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Those of sources and kinds of which the job has made something, what was looked for least first."""
    made = select(memories.c.source, memories.c.kind).join(memory_makers, memory_makers.c.memory == memories.c.number)
    made = made.where(memory_makers.c.job_id == job_id).distinct()
    columns = [memory_pins.c[name] for name in ("id", "source", "kind", "position", "pinned_at")]
    pins: Select[Any] = select(*columns, func.substr(memory_pins.c.text, 1, COMPARED).label("text"))
    pins = pins.where(beside, tuple_(memory_pins.c.source, memory_pins.c.kind).in_(made))
    return connection.execute(pins.order_by(memory_pins.c.missed, memory_pins.c.id).limit(MOST)).all()


def _neighbours(connection: Connection, job_id: str, sources: Collection[int]) -> Neighbours:
    """What the job has made of these sources, in order."""
    made = select(*(memories.c[name] for name in ("source", "kind", "position", "number")))
    made = made.join(memory_makers, memory_makers.c.memory == memories.c.number)
    made = made.where(memory_makers.c.job_id == job_id, memories.c.source.in_(sorted(sources)))
    found = defaultdict[tuple[int, str], list[tuple[float, int]]](list)
    for row in connection.execute(made.order_by(memories.c.position, memories.c.number)):
        found[row.source, row.kind].append((row.position, row.number))
    return found


def _nearest(neighbours: Sequence[tuple[float, int]], position: float) -> list[int]:
    """The numbers of those around ``position``."""
    middle = bisect_left(neighbours, (position, 0))
    return [number for _, number in neighbours[max(middle - NEIGHBOURS, 0) : middle + NEIGHBOURS]]


def _trigrams_of(connection: Connection, numbers: Collection[int]) -> dict[int, frozenset[str]]:
    texts = select(memories.c.number, func.substr(memories.c.text, 1, COMPARED).label("text"))
    rows = connection.execute(texts.where(memories.c.number.in_(sorted(numbers))))
    return {row.number: _trigrams(row.text) for row in rows}


def _trigrams(text: str) -> frozenset[str]:
    """As PostgreSQL's pg_trgm takes them, but across words, since not every script parts these."""
    padded = f"  {text.casefold()} "
    return frozenset([padded[at : at + 3] for at in range(len(padded) - 2)])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient (Ecology 26, 1945): what both have, from 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other))


def _dialect(connection: Connection) -> ModuleType:
    return sqlite if connection.dialect.name == "sqlite" else postgresql
