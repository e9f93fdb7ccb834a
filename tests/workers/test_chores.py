"""A chore is done for as long as the process runs, whatever it stumbles over."""

from threading import Event

from triptych.store import Store
from workers.chores import keep_at


class Impatient(Event):
    """Waits for nothing."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def test_a_chore_that_stumbles_is_begun_anew(store: Store) -> None:
    begun: list[Store] = []

    def chore(given: Store, stopped: Event) -> None:
        begun.append(given)
        if len(begun) < 3:
            raise LookupError("a row that nobody expected")
        stopped.set()

    keep_at("stumbling", chore, store, Impatient())

    assert begun == [store] * 3
