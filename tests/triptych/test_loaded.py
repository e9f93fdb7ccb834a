"""What the processes of the workers hold: told while they are there."""

from support.stores import HandClock

from triptych import workers
from triptych.jobs.leases import Holder
from triptych.loaded import Loaded, forget_loaded, forget_worker, models_in_memory, note_loaded, processes_with_models
from triptych.store import Store
from triptych.workers import DROP_AFTER_S, FORGET_AFTER_S, Worker


def appear(store: Store, name: str) -> None:
    workers.report(store, Worker(name, ("cpu",), 2, "1", store.clock()))


def test_model_is_told_with_each_process_that_holds_it(timed: Store) -> None:
    appear(timed, "cpu@here")

    note_loaded(timed, Holder("cpu@here", "t", 11), {"whisper/base": 70, "timm/mine": 5})
    note_loaded(timed, Holder("cpu@here", "t", 12), {"whisper/base": 72})

    assert models_in_memory(timed) == [
        Loaded("timm/mine", "cpu@here", 11, 5),
        Loaded("whisper/base", "cpu@here", 11, 70),
        Loaded("whisper/base", "cpu@here", 12, 72),
    ]


def test_what_a_process_tells_replaces_what_it_told_before(timed: Store) -> None:
    appear(timed, "cpu@here")
    note_loaded(timed, Holder("cpu@here", "t", 11), {"whisper/base": 70})

    note_loaded(timed, Holder("cpu@here", "t", 11), {"timm/mine": 5})
    then = models_in_memory(timed)
    note_loaded(timed, Holder("cpu@here", "t", 11), {})

    assert then == [Loaded("timm/mine", "cpu@here", 11, 5)]
    assert models_in_memory(timed) == []


def test_models_of_a_worker_that_was_not_seen_lately_are_not_told(timed: Store, clock: HandClock) -> None:
    appear(timed, "cpu@here")
    note_loaded(timed, Holder("cpu@here", "t", 11), {"whisper/base": 70})

    clock.forward(FORGET_AFTER_S)

    assert models_in_memory(timed) == []


def test_dead_process_holds_nothing(timed: Store) -> None:
    appear(timed, "cpu@here")
    note_loaded(timed, Holder("cpu@here", "t", 11), {"whisper/base": 70})
    note_loaded(timed, Holder("cpu@here", "t", 12), {"whisper/base": 70})

    forget_loaded(timed, "cpu@here", "t", dead=[11])

    assert processes_with_models(timed, "cpu@here", "t") == {12}
    assert [one.process_id for one in models_in_memory(timed)] == [12]


def test_worker_that_begins_anew_holds_nothing_of_what_it_held_before(timed: Store) -> None:
    note_loaded(timed, Holder("cpu@here", "before", 11), {"whisper/base": 70})
    note_loaded(timed, Holder("cpu@there", "other", 11), {"whisper/base": 70})
    appear(timed, "cpu@here")
    appear(timed, "cpu@there")

    forget_loaded(timed, "cpu@here", "now", dead=[])

    assert [one.worker for one in models_in_memory(timed)] == ["cpu@there"]


def test_worker_that_goes_takes_its_models_along(timed: Store) -> None:
    for name in ("cpu@here", "cpu@there"):
        appear(timed, name)
        note_loaded(timed, Holder(name, "t", 11), {"whisper/base": 70})

    forget_worker(timed, "cpu@here")

    assert [one.worker for one in models_in_memory(timed)] == ["cpu@there"]


def test_models_of_a_worker_that_is_dropped_from_the_list_are_forgotten(timed: Store, clock: HandClock) -> None:
    appear(timed, "cpu@gone")
    note_loaded(timed, Holder("cpu@gone", "t", 11), {"whisper/base": 70})
    clock.forward(DROP_AFTER_S + 1)

    forget_loaded(timed, "cpu@here", "t", dead=[])

    assert processes_with_models(timed, "cpu@gone", "t") == set()
