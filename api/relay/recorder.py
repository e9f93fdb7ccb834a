"""Taking a recording from one connection: onto the disk at once, and acknowledged once it is durable."""

from time import monotonic
from typing import Annotated

import structlog
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from simple_websocket import Server

from api.bodies.strict_json import read_json
from api.offload import offload
from api.problems import Refused, refuse_validation
from api.relay.paced_socket import PacedSocket
from api.relay.subscription import Dismissed
from api.room import Room
from api.schemas.listening import Ending, ListenReceived, ListenResume, ListenStart, ListenStop
from pipelines.media.recording import BYTES_A_SECOND, LONGEST_S
from triptych import recordings
from triptych.blobs import NoDisk
from triptych.database import DatabaseAway
from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.owner import UnknownJob
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.tapes import Tape

log = structlog.get_logger()

TICK_S = 0.5
SILENT_S = 60.0  # without a byte: a muted microphone sends silence, which is bytes
SYNC_EVERY_S = 1.0
PROLONG_EVERY_S = 5.0
PROLONG_BYTES = 4 * 1024 * 1024  # of a client that sends faster than people speak: its quota is looked at as often
HELD_S = 30.0  # for which a recording waits when its server has died
LOOK_S = 5.0  # between looks at whether the job has ended, of which the event may have been lost
GRACE_S = 20.0  # for which it waits when its connection broke
MOST_BYTES = int(LONGEST_S * BYTES_A_SECOND)

_REQUEST: TypeAdapter[ListenStart | ListenResume | ListenStop] = TypeAdapter(
    Annotated[ListenStart | ListenResume | ListenStop, Field(discriminator="type")]
)


class Leaving(Exception):
    """The server is stopping; the client may go on with another."""


class Recorder:
    """One connection's part in the recording ``file`` of ``job``, whose ``tape`` it holds."""

    def __init__(self, here: Room, connection: Server, job: Job, file: File, tape: Tape) -> None:
        self.job, self.file, self.tape = job, file, tape
        self.ending: Ending | None = None  # set by whoever learns that it is to end
        self.is_leaving = False
        self.is_job_over = False
        self.dismissal: Dismissed | None = None  # of who records: what came is kept
        self.hub = here.hub
        self._here = here
        self._connection = connection
        self._socket: PacedSocket = connection.sock
        self._most_bytes = min(MOST_BYTES, here.settings.upload_bytes)
        self._heard_at = self._synced_at = self._prolonged_at = monotonic()
        self._synced_bytes = self._prolonged_bytes = tape.size_bytes

    def record(self) -> Ending:
        """Take what comes until the recording is to end, and say why it is.

        Raises ConnectionClosed when the connection breaks, Leaving, Refused for what is no sound and no ``stop``,
        and recordings.RecordingEnded.
        """
        try:
            while self.ending is None:
                self._take(self._connection.receive(timeout=TICK_S))
                self._look_after(monotonic())
        except QuotaExceeded:
            return Ending.QUOTA
        except NoDisk:
            return Ending.NO_DISK
        return self.ending

    def wait_for_end(self) -> None:
        """Let the job's events be told until it has ended, or the client is dismissed.

        Raises ConnectionClosed when the client goes before.
        """
        looked_at = monotonic()
        while not self.is_job_over and not self.is_leaving and self.dismissal is None:
            self._connection.receive(timeout=TICK_S)  # what was on its way when the recording ended is of no use
            self._socket.taken()
            if monotonic() - looked_at >= LOOK_S:
                looked_at, self.is_job_over = monotonic(), how_it_ended(self._here, self.job) is not None

    def leave(self) -> None:
        """Let the recording wait for its client for a while."""
        self._prolong(GRACE_S)

    def say(self, message: BaseModel) -> None:
        """Tell the client."""
        self._connection.send(message.model_dump_json())

    def _take(self, message: str | bytes | None) -> None:
        self._socket.taken()
        if isinstance(message, str):
            if not isinstance(read_request(message), ListenStop):
                raise Refused(400, "bad_request", "the recording has begun: nothing but sound and a stop is taken")
            self.ending = Ending.STOPPED
        elif message:
            offload(self.tape.append, message[: self._most_bytes - self.tape.size_bytes])
            self._heard_at = monotonic()
            if self.tape.size_bytes >= self._most_bytes:
                self.ending = Ending.TOO_LONG

    def _look_after(self, now: float) -> None:
        if self.is_leaving:
            raise Leaving
        if self.dismissal is not None:
            self.ending = Ending.DISMISSED
        if now - self._heard_at > SILENT_S:
            self.ending = Ending.SILENT
        if now - self._synced_at >= SYNC_EVERY_S and self.tape.size_bytes > self._synced_bytes:
            self._sync()
        grown = self.tape.size_bytes - self._prolonged_bytes
        if now - self._prolonged_at >= PROLONG_EVERY_S or grown >= PROLONG_BYTES:
            self._look_into_database()

    def _look_into_database(self) -> None:
        try:
            self._prolong(HELD_S)
            if how_it_ended(self._here, self.job) is JobState.CANCELLED:  # as an event tells, while Redis is there
                self.ending = Ending.CANCELLED
        except DatabaseAway as error:  # the recording goes on: nobody ends it while its tape is held
            self._prolonged_at = monotonic()
            log.warning("a recording could not be prolonged", file_id=self.file.id, error=str(error))

    def _sync(self) -> None:
        """Make what came durable, and tell the client, which may forget it."""
        offload(self.tape.sync)
        self._synced_at, self._synced_bytes = monotonic(), self.tape.size_bytes
        self.say(ListenReceived(type="received", received_bytes=self._synced_bytes))

    def _prolong(self, for_s: float) -> None:
        here, size_bytes = self._here, self.tape.size_bytes
        here.writer.change(recordings.prolong, here.store, self.job.owner, self.file.id, size_bytes, for_s)
        self._prolonged_at, self._prolonged_bytes = monotonic(), size_bytes


def how_it_ended(here: Room, job: Job) -> JobState | None:
    """How the job has ended, None if it has not. One that its owner has deleted was cancelled."""
    try:
        found = get_job(here.store, job.owner, job.id)
    except UnknownJob:
        return JobState.CANCELLED
    return found.state if found.is_finished else None


def read_request(text: str) -> ListenStart | ListenResume | ListenStop:
    """The request in ``text``. Raises Refused."""
    try:
        return _REQUEST.validate_python(read_json(text))
    except ValidationError as error:
        refuse_validation(error)
