"""What is said in a recording, and texts read aloud."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Response, request

from api.bodies.multipart_form import LIST, Bounds, Form, received_form
from api.bodies.received import FORM_OVERHEAD_BYTES
from api.openai.answering import answered, streamed, told_to_the_end
from api.openai.following import Followed
from api.openai.texts import asked_json
from api.room import room
from pipelines.contract import PartKind
from triptych.openai.calls import BadCall
from triptych.openai.speech import JOINED, Joined, Speech, delta, done, speech
from triptych.openai.transcriptions import Transcription, deltas, last_events, transcription, translation


def transcriptions() -> Response:
    """Write down what is said, whole or as it is heard."""
    return _heard(transcription)


def translations() -> Response:
    """Write in English what is said in any language."""
    return _heard(translation)


def _heard(read: Callable[[Mapping[str, Any]], Transcription]) -> Response:  # Any: JSON, here and below
    here = room()
    bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
    with received_form(request, here.store.blobs, bounds, _any_field) as form:
        wanted = read(_body(form))
        if len(form.uploads) != 1:
            raise BadCall(f"one file is wanted; there are {len(form.uploads)}", "file")
        if wanted.is_streamed:
            return streamed(wanted.call, lambda followed: _events(followed, wanted), form.uploads)
        return answered(wanted.call, form.uploads)


def speak() -> Response:
    """Read a text aloud; what has been said is sent while the rest is said, where its format allows."""
    wanted = speech(asked_json())
    if wanted.are_events:
        return streamed(wanted.call, lambda followed: told_to_the_end(_sounding(followed, wanted)))
    return streamed(wanted.call, lambda followed: _sound(followed, wanted), media_type=wanted.media_type)


def _sounding(followed: Followed, wanted: Speech) -> Iterator[str]:
    yield from map(delta, _sound(followed, wanted))
    yield done()


def _sound(followed: Followed, wanted: Speech) -> Iterator[bytes]:
    joined, is_missed = Joined(wanted.form), wanted.form not in JOINED
    for part in followed.parts():
        if is_missed or part.kind != PartKind.SPEECH:
            continue
        piece = followed.piece(str(part.body["output"]))
        is_missed = piece is None
        if piece is not None and (sound := joined.add(part.body, piece)):
            yield sound
    made = followed.end()
    if is_missed or not joined.has_begun:
        yield joined.rest(made.output(wanted.output))


def _events(followed: Followed, wanted: Transcription) -> Iterator[bytes]:
    def told() -> Iterator[str]:
        yield from deltas(followed.parts())
        yield from last_events(followed.end(), is_diarized=wanted.is_diarized)

    return told_to_the_end(told())


def _body(form: Form) -> Mapping[str, Any]:
    """What is asked; programs send fields of theirs that nobody filled in."""
    filled = {name: value for name, value in form.fields.items() if value}
    return {**filled, **{name.removesuffix(LIST): values for name, values in form.lists.items()}}


def _any_field(_name: str, _value: str) -> None:
    """Fields are looked at together, when all are there."""
