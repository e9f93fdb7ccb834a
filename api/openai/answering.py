"""Answering a call by its job: at its end, or while it goes on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from flask import Response, after_this_request

from api.openai.accepting import accept
from api.openai.errors import failure_text, problem_text
from api.openai.following import ClientGone, Followed, following
from api.problems import Refused
from api.routes.waiting import watching
from triptych.ids import new_id
from triptych.jobs.job import Job
from triptych.openai.calls import BadCall, Call
from triptych.uploads import Upload

JOB = "Triptych-Job"  # the header that names the job, on errors too
CLIENT_GONE = 499  # nginx's status where nobody is there to read one: it stands in the log alone
EVENTS = "text/event-stream"


def answered(call: Call, uploads: Sequence[Upload] = ()) -> Response:
    """The answer of ``call``, once its job has ended; other requests are served meanwhile. Raises BadCall."""
    job_id = new_id()
    with watching(job_id) as events:
        job = accept(call, job_id, uploads)
        _named(job)
        try:
            with following(events, job) as followed:
                answer = call.tell(followed.end())
        except ClientGone:
            return Response(status=CLIENT_GONE)
    return Response(answer.content, mimetype=answer.media_type)


def streamed(
    call: Call,
    frames: Callable[[Followed], Iterator[bytes]],
    uploads: Sequence[Upload] = (),
    media_type: str = EVENTS,
) -> Response:
    """What ``frames`` make of the job of ``call`` while it goes on; what fails before the first is told by its status.

    Raises BadCall.
    """
    job_id = new_id()
    with ExitStack() as stack:
        events = stack.enter_context(watching(job_id))
        job = accept(call, job_id, uploads)
        _named(job)
        coming = frames(stack.enter_context(following(events, job)))
        try:
            first = next(coming)
        except ClientGone:
            return Response(status=CLIENT_GONE)
        kept = stack.pop_all()

    def body() -> Iterator[bytes]:
        with kept:
            yield first
            yield from coming

    response = Response(body(), mimetype=media_type, headers={"X-Accel-Buffering": "no"})
    response.call_on_close(kept.close)
    return response


def frame(text: str) -> bytes:
    """``text`` as one event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    return f"data: {text}\n\n".encode()


def told_to_the_end(events: Iterator[str]) -> Iterator[bytes]:
    """``events`` as frames; what fails behind the first is the last of them, as OpenAI's clients look for it."""
    has_begun = False
    try:
        for event in events:
            yield frame(event)
            has_begun = True
    except BadCall as error:
        if not has_begun:
            raise
        yield frame(failure_text(error))
    except Refused as error:
        if not has_begun:
            raise
        yield frame(problem_text(error.problem))
    except ClientGone:
        if not has_begun:
            raise


def _named(job: Job) -> None:
    @after_this_request
    def name(response: Response) -> Response:
        response.headers[JOB] = job.id
        return response
