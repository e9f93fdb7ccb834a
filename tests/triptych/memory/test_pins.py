"""Pins are put back within the transaction that settles a job, so that takes little however many there are."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update
from support.remembering import a_finished_job, a_kept_file, passage, remember

from pipelines.house import Memory
from triptych.memory.keeping import settle
from triptych.memory.pins import MOST
from triptych.memory.tables import memories
from triptych.store import Store

pytestmark = pytest.mark.redis

LENGTH = 500  # characters of a passage
CALLS = 500 * MOST  # of functions, at most: a few for each neighbour of a pin
LETTERS = "abcdefghijklmnopqrstuvwxyz    "


class TooMuch(Exception):
    """More was done than should be."""


@contextmanager
def calls_counted(most: int) -> Iterator[None]:
    """Raises TooMuch at the call, of Python's or C's functions, that is one more than ``most``."""
    left = iter(range(most))

    def count(_frame: object, event: str, _arg: Any) -> None:  # Any: of sys.setprofile
        if event in ("call", "c_call") and next(left, None) is None:
            sys.setprofile(None)
            raise TooMuch

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


def written(chance: Random) -> str:
    return "".join(chance.choices(LETTERS, k=LENGTH)).strip()


def retold(chance: Random, texts: list[str]) -> list[Memory]:
    """The passages with a letter changed in each, at the same places."""
    changed = []
    for number, text in enumerate(texts):
        at = chance.randrange(len(text))
        changed.append(passage(f"{text[:at]}#{text[at + 1 :]}", LENGTH * number))
    return changed


def test_pins_of_many_long_passages_are_put_back_with_few_calls(store: Store) -> None:
    chance, file = Random(5), a_kept_file(store)
    texts = [written(chance) for _ in range(MOST)]
    job = a_finished_job(store, files=[file])
    remember(store, *(passage(text, LENGTH * n) for n, text in enumerate(texts)), job=job, file=file)
    with store.database.write() as connection:
        connection.execute(update(memories).values(pinned_at=store.clock()))
    remember(store, *(told := retold(chance, texts)), job=job, file=file, attempt=2)

    with store.database.write() as connection, calls_counted(CALLS):
        settle(connection, job.id, 2)

    with store.database.read() as connection:
        pinned = connection.execute(select(memories.c.text).where(memories.c.pinned_at.is_not(None))).scalars()
        assert set(pinned) == {memory.text for memory in told}
