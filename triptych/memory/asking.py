"""Asking for a question's vectors: of the process that has the models at hand, and never for long.

So a search waits behind no job. Where nobody answers it goes by words alone, and says why.
"""

import structlog
from redis.exceptions import MaxConnectionsError, RedisError

from triptych.files import File
from triptych.ids import new_id
from triptych.memory.questions import ANSWER, MOST_WAITING, PRESENT, TEXT_CHARACTERS, WAITING, Asked, Asking, picture_of
from triptych.store import Store

log = structlog.get_logger()

PATIENCE_S = 2.0
KEPT_S = 60  # for how long questions wait that nobody takes
NOBODY = (
    "found by words alone: the process that compares by meaning is not there, "
    "or still loads its models (python -m workers.questions)"
)
AWAY = "found by words alone: Redis, over which the process that compares by meaning is asked, is away"
CROWDED = "found by words alone: too many searches wait for the process that compares by meaning"
SLOW = f"found by words alone: the process that compares by meaning did not answer within {PATIENCE_S:g} s"
UNCOMPARED = "the picture was not compared: no model for pictures is here, or none was remembered by one yet"

__all__ = ["Asked", "vectors_of_picture", "vectors_of_text"]


def vectors_of_text(store: Store, text: str) -> Asked:
    """The vectors of a question in words: by their meaning, and by the pictures that they describe."""
    text = text[:TEXT_CHARACTERS].strip()
    if not text:
        return Asked()
    return _asked(store, Asking(new_id(), store.clock(), text=text), text)


def vectors_of_picture(store: Store, file: File) -> Asked:
    """The vectors of a picture that stands for a question; ``file`` need have no row, but lies in the blob store.

    Where it has none, a warning says so.
    """
    asked = _asked(store, Asking(new_id(), store.clock(), picture=picture_of(file)), file.sha256)
    return asked if asked.vectors or asked.warnings else Asked(warnings=(UNCOMPARED,))


def _asked(store: Store, asking: Asking, what: str) -> Asked:
    try:
        present = store.wire.asking.get(PRESENT)
        if present is None:
            return Asked(warnings=(NOBODY,))
        question = (present, asking.picture is None, what)  # of other models it would have other vectors
        if (vectors := store.recent_questions.get(question)) is not None:
            return Asked(vectors)
        answer = _answer(store, asking)
    except MaxConnectionsError:
        return Asked(warnings=(CROWDED,))
    except RedisError as error:
        log.warning("a question could not be asked", error=str(error))
        return Asked(warnings=(AWAY,))
    if answer is None:
        return Asked(warnings=(SLOW,))
    if not answer.warnings:
        store.recent_questions.put(question, answer.vectors)
    return answer


def _answer(store: Store, asking: Asking) -> Asked | None:
    redis, key = store.wire.asking, f"{ANSWER}{asking.id}"
    pipe = redis.pipeline(transaction=False)
    pipe.rpush(WAITING, asking.encode())
    pipe.ltrim(WAITING, -MOST_WAITING, -1)  # who waits longest is served by words
    pipe.expire(WAITING, KEPT_S)
    pipe.execute()
    came = redis.blpop([key], timeout=PATIENCE_S)
    return Asked.decode(came[1]) if came else None
