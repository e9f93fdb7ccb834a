"""The chore of batches: manifests read, jobs made some ahead, and the end of each batch, behind the API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import structlog
from sqlalchemy import Row

from triptych.batches.tending import Told, attend, attended
from triptych.blobs.drafts import BlobsAway, NoDisk
from triptych.database import DatabaseAway
from triptych.store import Store

log = structlog.get_logger()

LOOK_S = 0.5  # between two looks at what goes on by itself
AWAY_S = 5.0
STUMBLED_S = 60.0  # before a batch is tried again that nobody can say what is wrong with


def look_after_batches(store: Store, stopped: Event) -> None:
    """Take every batch further until ``stopped``; a database that is away, or a full disk, is waited for."""
    turns = Turns(store, stopped)
    while not stopped.is_set():
        try:
            rows = attended(store)
        except DatabaseAway as error:
            log.warning("the batches could not be looked after", error=str(error))
            stopped.wait(AWAY_S)
            continue
        if not turns.take(rows):
            stopped.wait(LOOK_S)


@dataclass(slots=True)
class Turns:
    """Whose batch is taken further next: each owner has a page done a turn, and an owner's batches in turn."""

    store: Store
    stopped: Event
    _told: Told = field(default_factory=Told)
    _rests: dict[str, float] = field(default_factory=dict)  # until when a batch is left alone
    _last: dict[str, str] = field(default_factory=dict)  # of each owner's batches the one that had a page done

    def take(self, rows: Sequence[Row[Any]]) -> bool:
        """Take each owner's next batch of ``rows`` a page further; whether any batch got on."""
        self._told.keep({row.id for row in rows})
        now = self.store.clock()
        self._rests = {row.id: self._rests[row.id] for row in rows if self._rests.get(row.id, 0.0) > now}
        by_owner: dict[str, list[Row[Any]]] = {}
        for row in rows:
            by_owner.setdefault(row.owner, []).append(row)
        self._last = {owner: self._last.get(owner, "") for owner in by_owner}
        got_on = [self._take_one_of(owner, its) for owner, its in by_owner.items()]
        return any(got_on)

    def _take_one_of(self, owner: str, rows: Sequence[Row[Any]]) -> bool:
        """The first that can get on, from behind the one that did so last."""
        last = self._last[owner]
        for row in sorted(rows, key=lambda row: (row.id <= last, row.id)):
            if row.id in self._rests or self.stopped.is_set():
                continue
            if self._further(row):
                self._last[owner] = row.id
                return True
        return False

    def _further(self, row: Row[Any]) -> bool:
        try:
            return attend(self.store, row, self._told)
        except (DatabaseAway, BlobsAway, NoDisk) as error:
            log.warning("a batch could not be taken further", batch_id=row.id, error=str(error))
            self._rests[row.id] = self.store.clock() + AWAY_S
        except Exception:  # the other batches have no part in it
            log.exception("the chore of batches stumbled", batch_id=row.id)
            self._rests[row.id] = self.store.clock() + STUMBLED_S
        return False
