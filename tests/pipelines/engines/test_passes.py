"""What becomes of the items of a pass that fails as a whole."""

import pytest

from pipelines.engines.pass_bound import PassBound
from pipelines.engines.passes import outcomes_of
from pipelines.errors import TransientFailure


class Recorded:
    """Work that notes the sizes of its passes, and fails those that hold a number from ``bad``."""

    def __init__(self, *bad: int, error: type[Exception] = RuntimeError) -> None:
        self.sizes: list[int] = []
        self._bad = bad
        self._error = error

    def __call__(self, items: list[int]) -> list[int]:
        self.sizes.append(len(items))
        if set(self._bad) & set(items):
            raise self._error("no pass")
        return items


def tried(work: Recorded, items: list[int]) -> list[int | Exception]:
    return outcomes_of(work, items, PassBound(64), lambda _: 1)


def test_one_bad_item_of_many_is_found_in_few_passes() -> None:
    work = Recorded(13)

    outcomes = tried(work, list(range(64)))

    assert isinstance(outcomes[13], RuntimeError)
    assert [one for one in outcomes if not isinstance(one, Exception)] == [n for n in range(64) if n != 13]
    assert len(work.sizes) == 13  # of 64, then two of each half


def test_pass_that_gives_too_few_outcomes_is_no_success() -> None:
    outcomes = outcomes_of(lambda _: [], ["a", "b"], PassBound(8), lambda _: 1)

    assert [str(one) for one in outcomes] == ["0 outcomes of 1 items"] * 2


def test_item_that_alone_fills_the_memory_may_be_tried_again_later() -> None:
    work = Recorded(1, error=MemoryError)

    [outcome] = tried(work, [1])

    assert isinstance(outcome, TransientFailure)
    assert "not enough memory" in outcome.message


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_end_of_the_process_is_no_items_outcome(error: type[BaseException]) -> None:
    def work(_: list[int]) -> list[int]:
        raise error

    with pytest.raises(error):
        outcomes_of(work, [1, 2], PassBound(8), lambda _: 1)
