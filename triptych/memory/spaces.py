"""The spaces that vectors lie in: which is searched, which is being built beside it, and which nobody wants any more.

What changes a space here changes its row alone, and waits for no reader: its table goes later (space_tables.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Update, insert, select, text, update

from pipelines.house import Space, SpaceKind
from triptych.database import Database
from triptych.jobs.states import FINAL
from triptych.jobs.tables import jobs
from triptych.memory.space_tables import make_table
from triptych.memory.tables import memory_spaces
from triptych.memory.values import SpaceState, StoredSpace
from triptych.store import Store

OLDEST_PGVECTOR = (0, 8)  # the first whose index is looked through further when the filters leave too few
NOT_KEPT = "vectors of {} are not kept, or no longer: another model's are, of a {}"
NO_VECTORS = "memories are compared by their words alone: this database cannot compare vectors ({})"


class SpaceClosed(LookupError):
    """Vectors of this model are not kept, or no longer; the message names it."""


class BeingBuilt(Exception):
    """A job that is not finished fills a space of this kind already; ``model`` and ``job_id`` are that one's."""

    def __init__(self, model: str, job_id: str) -> None:
        super().__init__(f"vectors of {model} are being made by the job {job_id}")
        self.model = model
        self.job_id = job_id


class OtherDimensions(ValueError):
    """A model's vectors have another number of dimensions than those that are kept; the message names both."""

    def __init__(self, stored: StoredSpace, space: Space) -> None:
        super().__init__(f"{space.model} has {space.dimensions} dimensions, not {stored.space.dimensions}")


def has_vectors(database: Database) -> bool:
    """Whether vectors can be kept and compared here; where not, everything works by words alone."""
    with database.read() as connection:
        return can_compare(connection)


def missing_for_vectors(store: Store) -> str:
    """What is missing for vectors to be kept and compared; empty where nothing is."""
    with store.database.read() as connection:
        return "" if can_compare(connection) else why_not(connection)


def can_compare(connection: Connection) -> bool:
    """As ``has_vectors``, of an open connection."""
    if connection.dialect.name == "sqlite":
        return bool(connection.exec_driver_sql(_KNOWS_SQLITE_VEC).scalar())
    version = connection.execute(_PGVECTOR).scalar()
    return version is not None and tuple(map(int, version.split(".")[:2])) >= OLDEST_PGVECTOR


_KNOWS_SQLITE_VEC = "SELECT count(*) FROM pragma_function_list WHERE name = 'vec_distance_hamming'"
_PGVECTOR = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")


def why_not(connection: Connection) -> str:
    """What is missing where ``can_compare`` is False."""
    return NO_VECTORS.format("sqlite-vec" if connection.dialect.name == "sqlite" else "pgvector 0.8 or newer")


def spaces(store: Store) -> list[StoredSpace]:
    """Every space that there is, oldest first; those that are retired until their table is dropped."""
    with store.database.read() as connection:
        return spaces_of(connection)


def spaces_of(connection: Connection, *states: SpaceState) -> list[StoredSpace]:
    """The spaces in any of ``states``, or in whichever where none is given, oldest first."""
    found = [_stored(row) for row in connection.execute(_ALL)]
    return [stored for stored in found if not states or stored.state in states]


_ALL = select(memory_spaces).order_by(memory_spaces.c.number)
_IN_USE = _ALL.where(memory_spaces.c.state.in_([SpaceState.ACTIVE, SpaceState.BUILDING]))


def open_space(connection: Connection, space: Space, now: float) -> StoredSpace:
    """As ``open_spaces``, of one. Raises SpaceClosed, OtherDimensions."""
    opened = open_spaces(connection, [space], now)
    if space not in opened:
        raise SpaceClosed(NOT_KEPT.format(space.model, space.kind))
    return _of_its_dimensions(opened[space], space)


def open_spaces(connection: Connection, wanted: Collection[Space], now: float) -> dict[Space, StoredSpace]:
    """Of these spaces those that are searched or being built; none of them is retired before the transaction ends.

    The first of its kind is made, and searched at once. One whose model is here with other dimensions is told as that.
    """
    searched = {stored.space.kind for stored in spaces_of(connection, SpaceState.ACTIVE)}
    for space in sorted(wanted, key=lambda space: (space.kind, space.model)):
        if space.kind not in searched:
            _begin_first(connection, space, now)
            searched.add(space.kind)
    return _held(connection, wanted)


def spaces_in_use(connection: Connection, wanted: Collection[Space]) -> dict[Space, StoredSpace]:
    """As ``open_spaces``, of those that are here just as they are wanted; none is made."""
    return {space: stored for space, stored in _held(connection, wanted).items() if stored.space == space}


def build_space(connection: Connection, space: Space, job_id: str, now: float) -> StoredSpace:
    """Have ``space`` stand beside the one of its kind that is searched, unless it is that, filled by a job.

    What was half built of another is retired. Raises BeingBuilt where a job that is not finished fills one of its kind,
    and OtherDimensions.
    """
    of_kind = _changeable(connection, space.kind)
    busy = _unfinished(connection, {row.job_id for row in of_kind if row.job_id not in (None, job_id)})
    for row in of_kind:
        if row.job_id in busy:
            raise BeingBuilt(row.model, row.job_id)
        if row.state == SpaceState.BUILDING and row.model != space.model:
            _put(connection, row.number, SpaceState.RETIRED)
    its_own = next((_stored(row) for row in of_kind if row.model == space.model), None)
    stored = _of_its_dimensions(its_own, space) if its_own else _begin(connection, space, of_kind, now)
    connection.execute(_its_row(stored.number).values(job_id=job_id))
    return stored


def activate(connection: Connection, space: Space) -> None:
    """Have ``space`` searched from now on, and retire the one that was until now. Raises SpaceClosed.

    Searches that have begun go on with whichever they have found.
    """
    of_kind = _changeable(connection, space.kind)
    ours = next((row for row in of_kind if row.model == space.model), None)
    if ours is None:
        raise SpaceClosed(NOT_KEPT.format(space.model, space.kind))
    for row in of_kind:
        if row.state == SpaceState.ACTIVE:
            _put(connection, row.number, SpaceState.RETIRED)
    _put(connection, ours.number, SpaceState.ACTIVE)


def retire_abandoned(connection: Connection) -> None:
    """Retire the spaces that are half built and that no unfinished job builds any more."""
    building = [row for row in _changeable(connection) if row.state == SpaceState.BUILDING]
    busy = _unfinished(connection, {row.job_id for row in building if row.job_id is not None})
    for row in building:
        if row.job_id not in busy:
            _put(connection, row.number, SpaceState.RETIRED)


def _held(connection: Connection, wanted: Collection[Space]) -> dict[Space, StoredSpace]:
    rows = connection.execute(_IN_USE.with_for_update(read=True))
    in_use = {(stored.space.kind, stored.space.model): stored for stored in map(_stored, rows)}
    found = {space: in_use.get((space.kind, space.model)) for space in wanted}
    return {space: stored for space, stored in found.items() if stored is not None}


def _begin_first(connection: Connection, space: Space, now: float) -> None:
    """Make the first space of a kind, unless somebody else has made one meanwhile."""
    of_kind = _changeable(connection, space.kind)
    if not of_kind:
        _begin(connection, space, of_kind, now)


def _begin(connection: Connection, space: Space, of_kind: Sequence[Row[Any]], now: float) -> StoredSpace:
    is_first = all(row.state != SpaceState.ACTIVE for row in of_kind)
    state = SpaceState.ACTIVE if is_first else SpaceState.BUILDING
    row = {**asdict(space), "state": state, "created_at": now}
    new = insert(memory_spaces).values(row).returning(memory_spaces.c.number)
    stored = StoredSpace(connection.execute(new).scalar_one(), space, state)
    make_table(connection, stored)
    return stored


def _changeable(connection: Connection, kind: SpaceKind | None = None) -> Sequence[Row[Any]]:
    """The spaces in use, for this transaction to change: others that would wait, and so do those that write vectors.

    Whoever locks several does so in the order of their numbers, and before any memory.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE memory_spaces IN SHARE ROW EXCLUSIVE MODE")
    rows = connection.execute(_IN_USE.with_for_update()).all()
    return [row for row in rows if kind in (None, row.kind)]


def _unfinished(connection: Connection, job_ids: Collection[str]) -> set[str]:
    unfinished = select(jobs.c.id).where(jobs.c.id.in_(sorted(job_ids)), jobs.c.state.not_in(sorted(FINAL)))
    return set(connection.execute(unfinished).scalars()) if job_ids else set()


def _of_its_dimensions(stored: StoredSpace, space: Space) -> StoredSpace:
    if stored.space.dimensions != space.dimensions:
        raise OtherDimensions(stored, space)
    return stored


def _its_row(number: int) -> Update:
    return update(memory_spaces).where(memory_spaces.c.number == number)


def _put(connection: Connection, number: int, state: SpaceState) -> None:
    connection.execute(_its_row(number).values(state=state))


def _stored(row: Row[Any]) -> StoredSpace:
    space = Space(SpaceKind(row.kind), row.model, row.dimensions, row.is_joint)
    return StoredSpace(row.number, space, SpaceState(row.state))
