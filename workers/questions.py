"""The process that has the memory's models at hand, `python -m workers.questions`: it makes the vectors of questions.

A worker's slots may all be busy with long jobs; who searches waits for none of them.
"""

import signal
import sys
from collections.abc import Sequence
from functools import partial
from threading import Event
from time import monotonic

import structlog
from redis.exceptions import RedisError

from pipelines.contract import Context, ModelCache
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.house import Space
from triptych.database import Clock, DatabaseAway
from triptych.logs import configure_logs
from triptych.memory.filling import Lacking, fill, notes_without_vectors
from triptych.memory.questions import ANSWER, PRESENT, WAITING, Asked, Asking, BadQuestion
from triptych.memory.spaces import open_spaces, spaces
from triptych.memory.values import SpaceState
from triptych.settings import BadSettings, Settings
from triptych.store import Store, open_store
from workers.comparing import Comparing
from workers.trials import Trials

log = structlog.get_logger()

WAIT_S = 1.0  # for a question, between looks at what else there is to do
TOGETHER = 64  # questions that came while others were answered share a pass
TOO_OLD_S = 2.5  # who asked has gone on with words alone
ANSWER_S = 10  # for which an answer waits to be fetched
PRESENT_S = 5  # after which one that is gone counts as gone
LOOK_S = 2.0  # between looks at which spaces are searched
AGAIN_S = 60.0  # after which a model that could not be loaded is tried again
PAUSE_S = 1.0  # for Redis or a database that is away
DEADLY = "found by words alone: the process that compares by meaning died of this question several times"


class Answering:
    """Answers questions by the models of the spaces that are searched, which it loads when they change."""

    def __init__(self, store: Store, context: Context, running_clock: Clock) -> None:
        self._store = store
        self._comparing = Comparing(context, store.blobs)
        self._trials = Trials(store.wire.redis, store.clock)
        self._running_clock = running_clock
        self._spaces: Sequence[Space] | None = None
        self._looked_at = self._loaded_at = float("-inf")

    def step(self, wait_s: float = WAIT_S) -> int:
        """Answer what waits, or comes within ``wait_s``; tell how many that were.

        Raises RedisError and DatabaseAway.
        """
        self._look()
        redis = self._store.wire.redis
        redis.set(PRESENT, self._stamp(), ex=PRESENT_S)
        first = redis.blpop([WAITING], timeout=wait_s)
        if first is None:
            self._note()
            return 0
        return self._answer([first[1], *(redis.lpop(WAITING, TOGETHER - 1) or ())])

    def _answer(self, messages: Sequence[str]) -> int:
        asked = [asking for message in messages if (asking := self._read(message)) is not None]
        if not self._spaces:  # the first vectors may have come since: else their first searches would find nothing
            self._looked_at = float("-inf")
            self._look()
        answers = self._trials.made_of(asked, _what, self._comparing.answers, _deadly)
        pipe = self._store.wire.redis.pipeline(transaction=False)
        for asking_id, answer in answers.items():
            pipe.rpush(f"{ANSWER}{asking_id}", answer.encode())
            pipe.expire(f"{ANSWER}{asking_id}", ANSWER_S)
        pipe.execute()
        return len(answers)

    def _read(self, message: str) -> Asking | None:
        try:
            asking = Asking.decode(message)
        except BadQuestion as error:
            log.warning("passed over", error=str(error))
            return None
        return asking if self._store.clock() - asking.asked_at <= TOO_OLD_S else None

    def _note(self) -> None:
        """Give notes, which no job makes, their vectors, while nobody asks anything."""
        failed = self._comparing.failed
        with self._store.database.read() as connection:
            lacking = notes_without_vectors(connection, TOGETHER + len(failed))
        for stored, notes in lacking:
            new = [note for note in notes if (note.id, note.text) not in failed][:TOGETHER]
            if stored.space not in self._comparing.loaded or not new:
                continue
            make = partial(self._comparing.of_notes, stored.space)
            if vectors := self._trials.made_of(new, _text, make, self._comparing.pass_over):
                with self._store.database.write() as connection:
                    if opened := open_spaces(connection, [stored.space], self._store.clock()):
                        fill(connection, opened[stored.space], vectors)

    def _look(self) -> None:
        """Load the models of the spaces that are searched now, where these are others than before."""
        now = self._running_clock()
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        active = [one.space for one in spaces(self._store) if one.state is SpaceState.ACTIVE]
        is_missing = len(self._comparing.loaded) < len(active)
        if active == self._spaces and not (is_missing and now - self._loaded_at > AGAIN_S):
            return
        self._comparing.load(active)
        self._spaces, self._loaded_at = active, now
        log.info("ready", models=self._stamp(), warnings=self._comparing.warnings)

    def _stamp(self) -> str:
        return " ".join(f"{space.kind}/{space.model}" for space in self._comparing.loaded)


def _what(asking: Asking) -> str:
    return asking.text if asking.picture is None else asking.picture.sha256


def _text(note: Lacking) -> str:
    return note.text


def _deadly(asking: Asking) -> dict[str, Asked]:
    return {asking.id: Asked(warnings=(DEADLY,))}


def run(store: Store, models: ModelCache, stopped: Event, running_clock: Clock = monotonic) -> None:
    """Answer by ``models`` until ``stopped``; a database or Redis that is away is waited for."""
    context = Context(store.settings.work, store.settings.models, models, NoNetwork())
    answering = Answering(store, context, running_clock)
    while not stopped.is_set():
        try:
            answering.step()
        except (RedisError, DatabaseAway) as error:
            log.warning("no question can be answered", error=str(error))
            stopped.wait(PAUSE_S)


def main() -> None:
    """Answer questions with the environment's settings until SIGTERM or SIGINT."""
    try:
        settings = Settings.from_environment()
    except BadSettings as error:
        sys.exit(str(error))
    configure_logs(settings.log_level, settings.log_format)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    run(open_store(settings, synchronous="NORMAL"), BoundedModelCache(settings.model_bytes), stopped)


if __name__ == "__main__":
    main()
