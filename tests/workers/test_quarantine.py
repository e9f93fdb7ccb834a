"""The last attempt of a job that may have killed its process is made with nothing beside it in its process."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Event, get_ident

import pytest
from support.stores import SHUT, HandClock, with_settings
from support.until import LONGEST_S, until
from support.work import COUNTING, DONE, OWNER, a_file

from pipelines.contract import Context, NoParams, Run, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from triptych.jobs.job import Job
from triptych.jobs.leases import Holder
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState, Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from workers.executor import Executor
from workers.posts import Board
from workers.quarantine import PATIENCE_S, Quarantine
from workers.tally import Outcome

Room = Callable[..., AbstractContextManager[bool]]


class Scene:
    """Threads that work in a quarantine, by a clock that is moved by hand: what they did, in order, and who waits."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.told: list[str] = []
        self.clock = HandClock()
        self.going_away = False
        self.quarantine = Quarantine(self._is_draining, self.clock)
        self._waiting: set[int] = set()
        self._threads = threads

    def work(self, name: str, room: Room, may_end: Event | None = None) -> Future[bool]:
        """Work in a thread of its own until it ``may_end``; whether it could begin."""

        def do() -> bool:
            with room(*([name] if room == self.quarantine.alone else [])) as may_begin:
                self._waiting.discard(get_ident())
                self.told.append(f"{name} begins" if may_begin else f"{name} gives up")
                if may_end is not None:
                    may_end.wait(LONGEST_S)
                self.told.append(f"{name} ends")
                return may_begin

        return self._threads.submit(do)

    def until_waiting(self, threads: int) -> None:
        """Return when so many wait; whoever waits looks whether the worker is going away."""
        until(lambda: len(self._waiting) == threads)

    def _is_draining(self) -> bool:
        self._waiting.add(get_ident())
        return self.going_away


@pytest.fixture
def scene() -> Iterator[Scene]:
    with ThreadPoolExecutor(8) as threads:
        yield Scene(threads)


def test_who_is_to_be_alone_waits_for_those_that_have_begun(scene: Scene) -> None:
    may_end = Event()

    others = [scene.work("other", scene.quarantine.beside_others, may_end) for _ in range(2)]
    until(lambda: len(scene.told) == 2)
    alone = scene.work("alone", scene.quarantine.alone)
    scene.until_waiting(1)
    may_end.set()

    assert [one.result() for one in (*others, alone)] == [True] * 3
    assert scene.told[-2:] == ["alone begins", "alone ends"]


def test_who_comes_meanwhile_waits_until_nobody_is_alone(scene: Scene) -> None:
    may_end = Event()

    first = scene.work("alone", scene.quarantine.alone, may_end)
    until(lambda: scene.told == ["alone begins"])
    later = [scene.work("other", scene.quarantine.beside_others), scene.work("also alone", scene.quarantine.alone)]
    scene.until_waiting(2)
    may_end.set()

    assert [one.result() for one in (first, *later)] == [True] * 3
    assert scene.told[:2] == ["alone begins", "alone ends"]
    assert scene.told.index("also alone ends") == scene.told.index("also alone begins") + 1


def test_a_long_run_is_waited_for_no_longer_than_patience_lasts(scene: Scene) -> None:
    may_end = Event()

    long = scene.work("other", scene.quarantine.beside_others, may_end)
    until(lambda: scene.told == ["other begins"])
    alone = scene.work("alone", scene.quarantine.alone, may_end)
    scene.until_waiting(1)
    scene.clock.forward(PATIENCE_S)
    until(lambda: "alone begins" in scene.told)
    may_end.set()

    assert long.result()
    assert alone.result()


def test_a_long_run_that_is_alone_holds_up_the_others_once_and_not_each_of_them(scene: Scene) -> None:
    may_end = Event()

    alone = scene.work("alone", scene.quarantine.alone, may_end)
    until(lambda: scene.told == ["alone begins"])
    first = scene.work("other", scene.quarantine.beside_others)
    also = scene.work("also alone", scene.quarantine.alone)
    scene.until_waiting(2)
    scene.clock.forward(PATIENCE_S)
    second = scene.work("another", scene.quarantine.beside_others)

    assert [one.result(LONGEST_S) for one in (first, also, second)] == [True, False, True]
    may_end.set()
    assert alone.result()


def test_a_message_that_is_rung_for_again_while_it_waits_holds_nobody_up(scene: Scene) -> None:
    may_end = Event()

    other = scene.work("other", scene.quarantine.beside_others, may_end)
    until(lambda: scene.told == ["other begins"])
    alone = scene.work("alone", scene.quarantine.alone)
    scene.until_waiting(1)
    again = scene.work("alone", scene.quarantine.alone)

    assert not again.result(LONGEST_S)
    may_end.set()
    assert other.result()
    assert alone.result()


def test_a_worker_that_goes_away_keeps_nobody_waiting(scene: Scene) -> None:
    may_end = Event()

    alone = scene.work("alone", scene.quarantine.alone, may_end)
    until(lambda: scene.told == ["alone begins"])
    other = scene.work("other", scene.quarantine.beside_others)
    scene.until_waiting(1)
    scene.going_away = True

    assert other.result(LONGEST_S)
    may_end.set()
    assert alone.result()


@pytest.mark.redis
def test_a_worker_goes_on_with_nothing_while_a_job_is_to_be_alone(store: Store) -> None:
    ran: list[str] = []
    may_end = Event()

    def function(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        ran.append(sources[0].name)
        may_end.wait(LONGEST_S)
        yield from ()
        return DONE

    def a_named_job(name: str, priority: Priority = Priority.INTERACTIVE) -> Job:
        file = replace(a_file(shut), name=name)
        return submit(shut, Submission(OWNER, pipeline, {}, new_files=(file,), priority=priority))

    shut, pipeline = with_settings(store, window=SHUT), replace(COUNTING, function=function)
    first, following = a_named_job("first"), a_named_job("following")
    last_chance = a_named_job("last chance", Priority.BATCH)
    executor = Executor(shut, BoundedModelCache(), NoNetwork(), {pipeline.name: pipeline}, Holder("worker-1"), Board())

    with ThreadPoolExecutor(2) as threads:
        beside = threads.submit(executor.execute, first.id)
        until(lambda: ran == ["first"])
        alone = threads.submit(executor.execute, last_chance.id, alone=True)
        until(lambda: executor.quarantine.is_held)
        may_end.set()

    assert (beside.result(), alone.result()) == ([Outcome.SUCCEEDED], [Outcome.SUCCEEDED])
    assert ran == ["first", "last chance"]
    assert get_job(store, OWNER, following.id).state is JobState.QUEUED
