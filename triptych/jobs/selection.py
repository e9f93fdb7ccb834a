"""Which of an owner's jobs are meant, and their rows, locked until they are moved."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Column, Connection, Row, Select, select, union_all

from triptych.jobs.family import hold
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs

AT_A_TIME = 1000

# What a move is made from and told with, without results and parameters, which may be long.
TOLD: tuple[Column[Any], ...] = (  # Any: each of its own type
    jobs.c.id,
    jobs.c.owner,
    jobs.c.pipeline,
    jobs.c.lane,
    jobs.c.priority,
    jobs.c.state,
    jobs.c.attempt,
    jobs.c.queued_at,
    jobs.c.not_before,
    jobs.c.started_at,
    jobs.c.worker,
    jobs.c.warnings,
    jobs.c.error,
    jobs.c.cached,
    jobs.c.fresh,
    jobs.c.parent_id,
    jobs.c.child,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Several jobs of an owner's: those of which everything that is given holds.

    They have one of these ``ids``, are in one of these ``states`` and of this ``pipeline``, and come ``after`` this id.
    """

    ids: Sequence[str] = ()
    states: Sequence[JobState] = ()
    pipeline: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many ``jobs`` were changed; where more of the selected ones can be, they come after the id ``next``."""

    jobs: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The ``rows`` of selected jobs, oldest first; where there are more, they come after the id ``next``."""

    rows: Sequence[Row[Any]] = ()
    next: str | None = None

    def first(self, count: int) -> Self:
        """The first ``count`` of them."""
        return self if count >= len(self.rows) else type(self)(self.rows[:count], self.rows[count - 1].id)


def hold_nothing(connection: Connection, job_ids: Sequence[str]) -> None:
    """Lock nothing before the jobs."""


def selected(
    connection: Connection,
    owner: str,
    selection: Selection,
    within: Collection[JobState],
    *,
    hold_first: Callable[[Connection, Sequence[str]], None] = hold_nothing,
) -> Page:
    """Up to ``AT_A_TIME`` jobs, whose rows are then locked, with those of their families.

    ``hold_first`` locks what is to be locked before them.
    How many they are does not tell whether there are more: some may have ended in between.
    """
    states = set(selection.states or within) & set(within)
    if not states:
        return Page()
    of_states = union_all(*(_oldest(owner, state, selection) for state in sorted(states))).subquery()
    oldest = select(of_states.c.id).order_by(of_states.c.id).limit(AT_A_TIME + 1)
    ids = connection.execute(oldest).scalars().all()
    page = ids[:AT_A_TIME]
    hold_first(connection, page)
    hold(connection, page)
    return Page(locked(connection, owner, page, states), page[-1] if len(ids) > AT_A_TIME else None)


def locked(
    connection: Connection, owner: str, job_ids: Sequence[str], states: Collection[JobState]
) -> Sequence[Row[Any]]:
    """The rows of those jobs that are the owner's and in one of ``states``, which nobody else moves from here on.

    They are locked in the order of their ids, as everywhere, so that no two writers wait for one another.
    """
    wanted = select(*TOLD).where(jobs.c.id.in_(job_ids), jobs.c.owner == owner, jobs.c.state.in_(sorted(states)))
    return connection.execute(wanted.order_by(jobs.c.id).with_for_update(key_share=True)).all()


def _oldest(owner: str, state: JobState, selection: Selection) -> Select[tuple[str]]:
    """Those in one state, found by the index of that: SQLite would look for several by walking all of the owner's."""
    statement = select(jobs.c.id).where(jobs.c.owner == owner, jobs.c.state == state)
    if selection.ids:
        statement = statement.where(jobs.c.id.in_(selection.ids))
    if selection.after is not None:
        statement = statement.where(jobs.c.id > selection.after)
    if selection.pipeline is not None:
        # An expression, so that the index of pipelines is not taken, which leads past all that are done.
        statement = statement.where(jobs.c.pipeline.concat("") == selection.pipeline)
    oldest = statement.order_by(jobs.c.id).limit(AT_A_TIME + 1).subquery()
    return select(oldest.c.id)
