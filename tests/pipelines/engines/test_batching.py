import threading

import pytest

from pipelines.engines.batching import Batcher
from pipelines.engines.pass_bound import PassBound
from pipelines.engines.passes import PassDone, PassKind
from pipelines.errors import BadInput, Cancelled


def never():
    """The check of a run that nobody cancels."""


class Recorded:
    """Work that doubles numbers and notes what it was given at once; letters fail by themselves, 13 the whole pass."""

    def __init__(self):
        self.passes = []

    def __call__(self, items):
        self.passes.append(list(items))
        if 13 in items:
            raise RuntimeError("a pass that ran out of memory")
        return [2 * item if isinstance(item, int) else BadInput(f"{item!r} is no number") for item in items]


def a_batcher(work, most, **more):
    return Batcher(work, PassKind.BERT_TEXTS, PassBound(most), **more)


def together(batcher, *runs):
    """Each run's items done by a thread of its own; what each got, or raised."""
    got = [None] * len(runs)
    everybody = threading.Barrier(len(runs))

    def run(number, items):
        with batcher.taking_part():
            everybody.wait()
            try:
                got[number] = batcher.do(items, never)
            except Exception as error:
                got[number] = error

    threads = [threading.Thread(target=run, args=(number, items)) for number, items in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_one_run_alone_waits_for_nobody():
    work = Recorded()
    batcher = a_batcher(work, 8, patience_s=3600)

    with batcher.taking_part():
        got = batcher.do([1, 2, 3], never)

    assert got == [2, 4, 6]
    assert work.passes == [[1, 2, 3]]


def test_items_of_several_runs_share_a_pass():
    work = Recorded()
    batcher = a_batcher(work, 8, patience_s=3600)

    got = together(batcher, [1, 2], [3], [4, 5])

    assert got == [[2, 4], [6], [8, 10]]
    assert len(work.passes) == 1


def test_pass_holds_no_more_than_it_may():
    work = Recorded()
    batcher = a_batcher(work, 3, patience_s=3600)

    got = batcher.do(list(range(8)), never)

    assert got == [2 * number for number in range(8)]
    assert [len(one) for one in work.passes] == [3, 3, 2]


def test_bound_is_of_what_items_weigh():
    work = Recorded()
    batcher = a_batcher(work, 10, weight_of=lambda item: item)

    batcher.do([6, 3, 2, 12, 1], never)

    assert work.passes == [[6, 3], [2], [12], [1]]


def test_only_items_alike_share_a_pass():
    work = Recorded()
    batcher = a_batcher(work, 8, key_of=lambda item: item % 2)

    got = batcher.do([1, 2, 3, 4], never)

    assert got == [2, 4, 6, 8]
    assert work.passes == [[1, 3], [2, 4]]


def test_bad_item_does_not_fail_its_neighbours():
    work = Recorded()
    batcher = a_batcher(work, 8, patience_s=3600)

    good, bad, other = together(batcher, [1], ["x"], [2])

    assert (good, other) == ([2], [4])
    assert isinstance(bad, BadInput)


def test_pass_that_fails_as_a_whole_fails_only_the_run_whose_item_it_was():
    work = Recorded()
    batcher = a_batcher(work, 8, patience_s=3600)

    first, broken, last = together(batcher, [1], [13], [2])

    assert (first, last) == ([2], [4])
    assert isinstance(broken, RuntimeError)


def test_pass_for_which_memory_ran_out_is_halved_and_the_next_ones_are_smaller_from_the_start():
    sizes = []

    def work(items):
        sizes.append(len(items))
        if len(items) > 2:
            raise MemoryError
        return items

    batcher = a_batcher(work, 8)

    first = batcher.do(list(range(8)), never)
    tried = sizes.copy()
    second = batcher.do(list(range(8)), never)

    assert first == second == list(range(8))
    assert tried == [8, 4, 2, 2, 4, 2, 2]
    assert sizes[len(tried) :] == [2, 2, 2, 2]


def test_run_that_ends_is_waited_for_no_longer():
    work = Recorded()
    batcher = a_batcher(work, 8, patience_s=3600)
    there, gone = threading.Event(), threading.Event()

    def leaves_without_asking():
        with batcher.taking_part():
            there.set()
            gone.wait()

    idle = threading.Thread(target=leaves_without_asking)
    idle.start()
    there.wait()
    asking = threading.Thread(target=batcher.do, args=([1], never))
    with batcher.taking_part():
        asking.start()
        gone.set()
        idle.join()
    asking.join()

    assert work.passes == [[1]]


def test_cancelled_run_takes_its_items_back_and_lets_others_go_on():
    entered, leave = threading.Event(), threading.Event()
    passes = []

    def work(items):
        passes.append(list(items))
        entered.set()
        leave.wait()
        return items

    def cancelled():
        raise Cancelled

    batcher = a_batcher(work, 1)
    first = threading.Thread(target=batcher.do, args=([1], never))
    first.start()
    entered.wait()

    with pytest.raises(Cancelled):
        batcher.do([2], cancelled)
    leave.set()
    first.join()

    assert batcher.do([3], never) == [3]
    assert passes == [[1], [3]]


def test_sizes_and_waits_are_told():
    told: list[PassDone] = []
    batcher = a_batcher(Recorded(), 2, note=told.append, clock=iter(range(100)).__next__)

    batcher.do([1, 2, 3], never)

    assert [(one.kind, one.size) for one in told] == [(PassKind.BERT_TEXTS, 2), (PassKind.BERT_TEXTS, 1)]
    assert all(one.waited_s > 0 for one in told)


def test_many_threads_get_their_own_answers():
    batcher = a_batcher(Recorded(), 7, patience_s=0.001)
    runs = [[1000 * run + number for number in range(run % 5)] for run in range(24)]
    runs = [[item for item in items if item != 13] for items in runs]

    got = together(batcher, *runs)

    assert got == [[2 * item for item in items] for items in runs]
