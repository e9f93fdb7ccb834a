"""The WebSocket of a live recording: sound comes in, what is heard in it goes out."""

import json
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from threading import Thread
from typing import NoReturn

from flask import Blueprint
from simple_websocket import ConnectionClosed, Server

from api.bodies.names import clean_name
from api.offload import offload
from api.problems import TOLD, Refused, problem_of
from api.relay.hub import Attached
from api.relay.messages import refusal, socket_messages
from api.relay.paced_socket import PacedSocket
from api.relay.recorder import HELD_S, TICK_S, Leaving, Recorder, read_request
from api.relay.subscription import Dismissed, Ended, Lagging
from api.relay.websocket import GOING_AWAY, TRY_AGAIN_LATER, dismiss, prepare_socket, sock
from api.room import attend, owner, room
from api.routes.job_requests import valid_params
from api.schemas.listening import (
    Ending,
    ListenKept,
    ListenResume,
    ListenStart,
    ListenStarted,
    ListenStop,
)
from pipelines.catalogue import catalogue
from triptych import recordings
from triptych.database import DatabaseAway
from triptych.events.event import EventType
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs.job import Job
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.recordings import NothingRecorded, RecordingEnded
from triptych.tapes import Tape, TapeTaken
from triptych.uploads import check_room

PATH = "/api/v1/listen"
PIPELINE = "audio.listen"
MOST_MESSAGE_BYTES = 64 * 1024  # two seconds of sound
MOST_RECORDINGS = 200  # at once, in one process
FIRST_MESSAGE_S = 10.0
DISPLACE_S = 5.0

REFUSED = 1008

listening = Blueprint("listening", __name__)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A recording that this connection may go on with; events behind ``after`` are told, or all from now on."""

    job: Job
    file: File
    tape: Tape
    attached: Attached
    after: str | None = None


@listening.before_request
def prepare() -> None:
    """Refuse before the 101 what will not be served."""
    if len(room().holders) >= MOST_RECORDINGS:
        raise Refused(503, "too_many_clients", f"{MOST_RECORDINGS} recordings are under way already: try again later")
    prepare_socket(PacedSocket)


@listening.get(PATH)
def not_an_upgrade() -> NoReturn:
    """Say what is wanted when this is not a WebSocket handshake."""
    raise Refused(426, "upgrade_required", "this address speaks WebSocket: connect with a WebSocket client")


@sock.route(PATH, bp=listening)  # type: ignore[untyped-decorator]  # flask-sock ships no types
def listen(connection: Server) -> None:
    """Take a recording while it is being made, and tell what is heard in it."""
    connection.max_message_size = MOST_MESSAGE_BYTES
    connection.sock.pace(connection.input_buffer)
    try:
        with room().holders.connected(), ExitStack() as stack:
            opened = _open(stack, connection)
            recorder = Recorder(room(), connection, opened.job, opened.file, opened.tape)
            stack.enter_context(room().holders.holding(opened.file.id, connection.sock))
            _converse(connection, recorder, opened)
    except TOLD as error:
        with suppress(ConnectionClosed, OSError):
            connection.send(refusal(problem_of(error)))
            connection.close(REFUSED, "refused")
    finally:
        connection.sock.release()


def _open(stack: ExitStack, connection: Server) -> _Opened:
    """What the client's first message asks for. Raises what ``TOLD`` holds."""
    message = connection.receive(timeout=FIRST_MESSAGE_S)
    if message is None:
        raise Refused(408, "timeout", f"nothing came for {FIRST_MESSAGE_S:g} s: begin with start or resume")
    if not isinstance(message, str):
        raise Refused(400, "bad_request", "sound came first: begin with a text, start or resume")
    asked = read_request(message)
    if isinstance(asked, ListenStop):
        raise Refused(400, "bad_request", "there is nothing to stop yet: begin with start or resume")
    return _resume(stack, asked) if isinstance(asked, ListenResume) else _start(stack, asked)


def _start(stack: ExitStack, asked: ListenStart) -> _Opened:
    """A new recording: its rows are committed before a byte of it is taken."""
    here, pipeline, job_id = room(), catalogue()[PIPELINE], new_id()
    params = valid_params(pipeline, asked.params)
    name = clean_name(asked.name or "recording")
    file = offload(recordings.begin, here.store, owner(), name if name.endswith(".wav") else f"{name}.wav", HELD_S)
    check_room(here.store, owner(), [replace(file, size_bytes=1)], jobs=1)
    attached = stack.enter_context(attend(job_id))
    tape = _tape(stack, file)
    job = here.writer.submit(here.store, Submission(owner(), pipeline, params, new_files=[file], id=job_id))
    return _Opened(job, file, tape, attached)


def _resume(stack: ExitStack, asked: ListenResume) -> _Opened:
    """A recording that goes on; whoever held it until now is cut off."""
    here = room()
    job = get_job(here.store, owner(), str(asked.job_id))
    file = next((file for file in job.inputs if file.grows_until is not None), None)
    if file is None:
        raise RecordingEnded(f"of {job.id}")
    attached = stack.enter_context(attend(job.id))
    tape = _tape(stack, file)
    if not recordings.still_grows(here.store, file.id):
        raise RecordingEnded(file.id)
    offload(tape.sync)
    return _Opened(job, file, tape, attached, asked.after)


def _tape(stack: ExitStack, file: File) -> Tape:
    """The recording's tape, for this connection alone. Raises Refused where another process holds it."""
    here, give_up_at = room(), time.monotonic() + DISPLACE_S
    while True:
        try:
            tape = Tape(here.store.blobs.growing(file.id))
        except TapeTaken:
            here.holders.displace(file.id)
            if time.monotonic() > give_up_at:
                raise Refused(409, "still_recording", "another connection goes on with it: close that first") from None
            time.sleep(TICK_S / 5)
        else:
            stack.callback(tape.close)
            return tape


def _converse(connection: Server, recorder: Recorder, opened: _Opened) -> None:
    """Take the recording to its end, or leave it to whoever goes on with it."""
    teller = Thread(target=_tell, args=(connection, recorder, opened), daemon=True)
    is_kept = False
    try:
        recorder.say(
            ListenStarted(
                type="started", job_id=opened.job.id, file_id=opened.file.id, received_bytes=opened.tape.size_bytes
            )
        )
        teller.start()
        ending = recorder.record()
        kept = _keep(recorder)
        is_kept = True
        told = ListenKept(type="kept", file_id=kept.id, received_bytes=recorder.tape.size_bytes, reason=ending)
        recorder.say(told)
        recorder.wait_for_end()
        if recorder.dismissal is not None:
            dismiss(connection, recorder.dismissal)
    except Leaving:
        with suppress(ConnectionClosed, OSError):
            connection.close(GOING_AWAY, "the server is stopping: go on with another")
    finally:
        if not is_kept:
            with suppress(RecordingEnded, QuotaExceeded, DatabaseAway):  # then the sweep ends it, if nobody has
                recorder.leave()
        opened.attached.subscription.end()
        if teller.ident is not None:
            teller.join()


def _keep(recorder: Recorder) -> File:
    """The whole recording as a file. Raises Refused when there is nothing in it, which leaves nothing behind."""
    here, file = room(), recorder.file
    try:
        kept = offload(recordings.keep, here.store, file.id)
    except NothingRecorded:
        here.writer.change(recordings.forget, here.store, owner(), file.id)
        raise Refused(422, "empty_file", "no sound came: nothing was recorded") from None
    here.metrics.upload_bytes.inc(kept.size_bytes)
    return kept


def _tell(connection: Server, recorder: Recorder, opened: _Opened) -> None:
    """Tell the job's events, and heed them."""
    try:
        for text in socket_messages(recorder.hub, opened.attached, opened.after):
            connection.send(text)
            _heed(recorder, text)
    except Lagging:
        with suppress(ConnectionClosed, OSError):
            connection.close(TRY_AGAIN_LATER, "too slow: come again")
    except Ended:
        recorder.is_leaving = True
    except Dismissed as error:
        recorder.dismissal = error
    except (ConnectionClosed, OSError):
        return


def _heed(recorder: Recorder, text: str) -> None:
    """A recording whose job was cancelled ends; one whose job failed goes on, for it can be done again."""
    told = json.loads(text)
    if "job_id" not in told:
        return
    recorder.is_job_over = told["type"] in (EventType.FINISHED, EventType.DELETED)
    if told["type"] == EventType.DELETED or (recorder.is_job_over and told["data"]["state"] == JobState.CANCELLED):
        recorder.ending = Ending.CANCELLED
