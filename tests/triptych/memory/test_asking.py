"""Asking for a question's vectors: answered soon, or not at all and with the reason."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from redis import Redis
from redis.exceptions import MaxConnectionsError
from support.answering_questions import answered_with
from support.work import a_file, a_job

from pipelines.house import Space, SpaceKind, Vector
from triptych.memory.asking import CROWDED, SLOW, UNCOMPARED, vectors_of_picture, vectors_of_text
from triptych.memory.questions import MOST_WAITING, PRESENT, WAITING, Asked, Asking, BadQuestion
from triptych.memory.recent import MOST, RecentQuestions
from triptych.store import Store

pytestmark = pytest.mark.redis

VECTOR = Vector(Space(SpaceKind.TEXT, "all-MiniLM-L6-v2", 2), b"\0\0\x80?\0\0\0\0")
JOINT = Vector(Space(SpaceKind.PICTURE, "ViT-B-32", 1, is_joint=True), b"\0\0\x80?")


def test_question_has_the_vectors_that_its_answer_tells(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked([VECTOR, JOINT], ("mind the beads",))) as heard:
        asked = vectors_of_text(sqlite_store, " Where is\nthe cat? ")

    assert asked == Asked((VECTOR, JOINT), ("mind the beads",))
    assert [asking.text for asking in heard] == ["Where is\nthe cat?"]


def test_picture_is_asked_for_by_its_content(sqlite_store: Store) -> None:
    file = a_file(sqlite_store, b"some pixels")

    with answered_with(sqlite_store, Asked([JOINT])) as heard:
        asked = vectors_of_picture(sqlite_store, file)

    assert asked.vectors == (JOINT,)
    assert [asking.picture.sha256 for asking in heard if asking.picture] == [file.sha256]


def test_picture_without_vectors_is_told_to_be_uncompared(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked()):
        asked = vectors_of_picture(sqlite_store, a_file(sqlite_store))

    assert asked == Asked(warnings=(UNCOMPARED,))


def test_same_question_is_asked_once(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked([VECTOR])) as heard:
        first, again = (vectors_of_text(sqlite_store, "a cat") for _ in range(2))

    assert first.vectors == again.vectors == (VECTOR,)
    assert len(heard) == 1


def test_same_question_is_asked_anew_of_other_models(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked([VECTOR]), models="text/old"):
        vectors_of_text(sqlite_store, "a cat")

    with answered_with(sqlite_store, Asked([JOINT]), models="text/new"):
        asked = vectors_of_text(sqlite_store, "a cat")

    assert asked.vectors == (JOINT,)


def test_answer_with_a_warning_is_not_kept(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked(warnings=("memory ran out",))) as heard:
        for _ in range(2):
            vectors_of_text(sqlite_store, "a cat")

    assert len(heard) == 2


def test_question_without_words_is_not_asked(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked([VECTOR])) as heard:
        asked = vectors_of_text(sqlite_store, " \n")

    assert asked == Asked()
    assert heard == []


def test_where_nobody_answers_questions_one_says_so_at_once(sqlite_store: Store) -> None:
    asked = vectors_of_text(sqlite_store, "a cat")

    assert asked.vectors == ()
    assert "python -m workers.questions" in asked.warnings[0]
    assert sqlite_store.wire.redis.llen(WAITING) == 0


def test_who_answers_too_late_is_not_waited_for(sqlite_store: Store, redis_url: str) -> None:
    Redis.from_url(redis_url).set(PRESENT, "text/slow")

    asked = vectors_of_text(sqlite_store, "a cat")

    assert asked == Asked(warnings=(SLOW,))


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_redis_that_is_away_leaves_the_words(away: Store) -> None:
    asked = vectors_of_text(away, "a cat")

    assert asked.vectors == ()
    assert "Redis" in asked.warnings[0]


@contextmanager
def as_many_wait_as_may(store: Store) -> Iterator[None]:
    """Have every connection in use that searches wait on, for the block."""
    pool, held = store.wire.asking.connection_pool, []
    with suppress(MaxConnectionsError):
        while True:
            held.append(pool.get_connection())
    yield
    for connection in held:
        pool.release(connection)


def test_jobs_are_told_while_as_many_searches_wait_as_may(sqlite_store: Store) -> None:
    with as_many_wait_as_may(sqlite_store):
        job = a_job(sqlite_store)
        told = [numbered.job_id for numbered in sqlite_store.wire.read("0-0")]

    assert job.id in told


def test_search_beyond_those_that_may_wait_goes_by_words_at_once(sqlite_store: Store) -> None:
    with answered_with(sqlite_store, Asked([VECTOR])) as heard, as_many_wait_as_may(sqlite_store):
        asked = vectors_of_text(sqlite_store, "a cat")

    assert asked == Asked(warnings=(CROWDED,))
    assert heard == []
    with answered_with(sqlite_store, Asked([VECTOR])):
        assert vectors_of_text(sqlite_store, "a cat").vectors == (VECTOR,)


def test_questions_that_nobody_takes_do_not_pile_up(sqlite_store: Store, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    redis.set(PRESENT, "text/slow")
    redis.rpush(WAITING, *range(MOST_WAITING))

    vectors_of_text(sqlite_store, "the newest")

    waiting = redis.lrange(WAITING, 0, -1)
    assert len(waiting) == MOST_WAITING
    assert Asking.decode(waiting[-1].decode()).text == "the newest"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "{}",
        '{"id": "1"}',
        '{"id": "1", "asked_at": 1, "text": "", "picture": {"sha256": "../../etc/passwd"}}',
    ],
)
def test_what_is_no_question_is_refused(message: str) -> None:
    with pytest.raises(BadQuestion):
        Asking.decode(message)


def test_picture_with_a_path_for_a_hash_is_refused() -> None:
    picture = '{"sha256": "../../etc/passwd", "name": "a.png", "media_type": "image/png", "size_bytes": 1}'

    with pytest.raises(BadQuestion, match="no hash"):
        Asking.decode(f'{{"id": "1", "asked_at": 1.0, "text": "", "picture": {picture}}}')


def test_question_that_was_not_asked_for_long_is_forgotten_first() -> None:
    recent = RecentQuestions()
    for number in range(MOST):
        recent.put(number, [VECTOR])
    recent.get(0)

    recent.put("one more", [VECTOR])

    assert recent.get(0) == [VECTOR]
    assert recent.get(1) is None
