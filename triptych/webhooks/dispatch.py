"""Sending what is due by a bounded number of threads, of which no receiver and no owner can take all.

Threads do nothing but send. What comes of it is written by the one that dispatches, so that a slow database holds up no
connection, and a slow receiver no transaction.
"""

from collections import Counter
from queue import Empty, Queue
from threading import Thread

import structlog
from sqlalchemy.exc import DBAPIError

from triptych.database import DatabaseAway
from triptych.store import Store
from triptych.webhooks.claiming import Claimed, Due, claim, list_due
from triptych.webhooks.outbox import AT_A_TIME, hand_out
from triptych.webhooks.recording import record
from triptych.webhooks.sending import Outcome, Sender

log = structlog.get_logger()

THREADS = 32
EACH_OWNER = 8  # of these,
EACH_WEBHOOK = 4  # and one alone while its receiver fails, beside what its owner asks for


class Dispatch:
    """What one process has on its way."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store, self._sender = store, sender
        self._sending: dict[str, Claimed] = {}  # by the delivery's id
        self._done: Queue[tuple[str, Outcome | None]] = Queue()
        self._unwritten: list[Outcome] = []

    @property
    def sending(self) -> int:
        """How many deliveries are on their way."""
        return len(self._sending)

    def step(self) -> bool:
        """Write down what came back, and send what is due; whether there is more to do at once.

        Raises DatabaseAway: what came back is then written by the next step.
        """
        self._collect(wait_s=0.0)
        self._write_down()
        is_more = hand_out(self._store) == AT_A_TIME
        while claimed := claim(self._store, [due.delivery_id for due in self._with_places()]):
            for one in claimed:
                self._send(one)
        return is_more

    def rest(self, longest_s: float) -> None:
        """Wait until an attempt has come to an end, or so long."""
        self._collect(longest_s)

    def _collect(self, wait_s: float) -> None:
        """Take in what threads have brought, and wait for the first of it."""
        try:
            while True:
                delivery_id, outcome = self._done.get(timeout=wait_s) if wait_s else self._done.get_nowait()
                del self._sending[delivery_id]
                self._unwritten += [outcome] if outcome else []
                wait_s = 0.0
        except Empty:
            pass

    def _write_down(self) -> None:
        """Write down what came back: together, and where that cannot be, each alone, so that one holds up no other."""
        outcomes, self._unwritten = self._unwritten, []
        try:
            record(self._store, outcomes)
        except DatabaseAway:
            self._unwritten = outcomes
            raise
        except DBAPIError:
            for outcome in outcomes:
                self._write_alone(outcome)

    def _write_alone(self, outcome: Outcome) -> None:
        try:
            record(self._store, [outcome])
        except DatabaseAway:
            self._unwritten.append(outcome)
        except DBAPIError:  # its lease lapses, and it is sent again
            log.exception("an attempt could not be written down", delivery_id=outcome.claimed.delivery.id)

    def _with_places(self) -> list[Due]:
        """Those that are due and have a place, the first of each webhook; first whoever has least on its way."""
        owners = Counter(one.owner for one in self._sending.values())
        hooks = Counter(one.delivery.webhook_id for one in self._sending.values())
        chosen: list[Due] = []
        for due in sorted(list_due(self._store), key=lambda due: owners[due.owner]):
            each = 1 if due.failures and not due.is_asked else EACH_WEBHOOK
            is_free = owners[due.owner] < EACH_OWNER and hooks[due.webhook_id] < each
            is_here = due.delivery_id in self._sending  # for longer than its lease: a name is slow to resolve
            if is_free and not is_here and self.sending + len(chosen) < THREADS:
                owners[due.owner] += 1
                chosen.append(due)
        return chosen

    def _send(self, claimed: Claimed) -> None:
        self._sending[claimed.delivery.id] = claimed
        Thread(target=self._sent, args=(claimed,), name=f"webhook-{claimed.delivery.id}", daemon=True).start()

    def _sent(self, claimed: Claimed) -> None:
        outcome = None
        try:
            outcome = self._sender.send(claimed)
        finally:  # also of a defect of ours, after which its lease lapses and it is tried again
            self._done.put((claimed.delivery.id, outcome))
