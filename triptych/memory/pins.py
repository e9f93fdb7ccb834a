"""Pins whose memory is made anew: laid aside while its job is done again, and put on what is the same or nearly, then.

A pin is its owner's word that something matters; a transcription that is run again says most of it once more.
"""

from difflib import SequenceMatcher
from types import ModuleType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from triptych.jobs.tables import job_inputs
from triptych.memory.tables import memories, memory_makers, memory_pins, memory_sources

NEARLY = 0.75  # of two texts that have so much in common, by difflib's ratio, one may be the other's correction
NEIGHBOURS = 20  # those nearest to where the memory was that are compared with it
MOST = 200  # pins of a job that are looked for, within the transaction that settles it


def lay_aside_pins(connection: Connection, going: ColumnElement[bool]) -> None:
    """Keep the pins of memories all of whose makers are ``going``, a condition on ``memory_makers``."""
    columns = [memories.c[name] for name in ("id", "source", "kind", "position", "text", "pinned_at")]
    staying = select(1).where(memory_makers.c.memory == memories.c.number, ~going)
    pinned = memories.c.number.in_(select(memory_makers.c.memory).where(going)), memories.c.pinned_at.is_not(None)
    laid = _dialect(connection).insert(memory_pins)
    laid = laid.from_select([column.name for column in columns], select(*columns).where(*pinned, ~staying.exists()))
    connection.execute(laid.on_conflict_do_nothing())


def put_pins_back(connection: Connection, job_id: str) -> None:
    """Pin what the job has made that is the same, or nearly, at nearly the same place, as what was pinned."""
    of_job = select(job_inputs.c.file_id).where(job_inputs.c.job_id == job_id)
    its = or_(memory_sources.c.file_id.in_(of_job), memory_sources.c.job_id == job_id)
    pins = select(memory_pins).join(memory_sources, memory_sources.c.number == memory_pins.c.source).where(its)
    for pin in connection.execute(pins.limit(MOST)).all():
        number = _same_or_nearly(connection, pin)
        if number is not None:
            unpinned = memories.c.number == number, memories.c.pinned_at.is_(None)
            connection.execute(update(memories).where(*unpinned).values(pinned_at=pin.pinned_at))
            connection.execute(delete(memory_pins).where(memory_pins.c.id == pin.id))


def _same_or_nearly(connection: Connection, pin: Row[Any]) -> int | None:
    """The number of the memory that stands for the one that was pinned, if there is one."""
    same = connection.execute(select(memories.c.number).where(memories.c.id == pin.id)).scalar()
    if same is not None:
        return int(same)
    beside = select(memories.c.number, memories.c.text).where(
        memories.c.source == pin.source, memories.c.kind == pin.kind
    )
    nearest = beside.order_by(func.abs(memories.c.position - pin.position), memories.c.number).limit(NEIGHBOURS)
    alike = [(_likeness(pin.text, row.text), -row.number) for row in connection.execute(nearest)]
    likeness, number = max(alike, default=(0.0, 0))
    return -number if likeness >= NEARLY else None


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= NEARLY else 0.0


def _dialect(connection: Connection) -> ModuleType:
    return sqlite if connection.dialect.name == "sqlite" else postgresql
