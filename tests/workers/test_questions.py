"""The process that has the memory's models at hand: who asks gets vectors, whatever else is away."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from struct import unpack
from threading import Event, Thread
from time import monotonic

import pytest
from checkpoints.drawn_shapes import drawn
from support.questioning import JOINT, MINILM, answer_at, asked, searched, with_joint_model
from support.remembering import ask, passage, remember, texts_of
from support.stores import HandClock
from support.until import until
from support.work import OWNER, a_file

from pipelines.contract import Context
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.house import Space, SpaceKind, Vector
from triptych.memory.asking import vectors_of_text
from triptych.memory.marks import add_note
from triptych.memory.questions import PRESENT, WAITING, Asked, Asking, picture_of
from triptych.store import Store
from triptych.wire import Wire, connect
from workers.questions import LOOK_S, TOO_OLD_S, Answering, run

pytestmark = [pytest.mark.redis, pytest.mark.engine]


@pytest.fixture(scope="module")
def models() -> BoundedModelCache:
    """Loaded models, as the process has them."""
    return BoundedModelCache()


@pytest.fixture
def house(sqlite_store: Store, tmp_path: Path) -> Store:
    """A store with the weights of a joint model, in which nothing was remembered yet."""
    return with_joint_model(sqlite_store, tmp_path / "models")


@pytest.fixture
def answering(house: Store, models: BoundedModelCache) -> Answering:
    return Answering(house, Context(house.settings.work, house.settings.models, models, NoNetwork()), monotonic)


def values(vector: Vector) -> tuple[float, ...]:
    return unpack(f"<{len(vector.values) // 4}f", vector.values)


def cosine(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(values(one), values(other), strict=True))


def test_questions_that_came_together_are_answered_together(house: Store, answering: Answering) -> None:
    searched(house, MINILM)
    answering.step(0.01)  # loads the model
    words = ("when does the port open", "opening hours of the harbour", "bees sleep at night")
    keys = asked(house, *(Asking(str(n), house.clock(), text) for n, text in enumerate(words)))

    count = answering.step()

    answers = [answer_at(house, key) for key in keys]
    assert count == 3
    port, harbour, bees = (answer.vectors[0] for answer in answers if answer)
    assert port.space == MINILM
    assert cosine(port, harbour) > cosine(port, bees) + 0.2


def test_text_has_a_vector_among_pictures_and_a_picture_another(house: Store, answering: Answering) -> None:
    searched(house, JOINT)
    answering.step(0.01)  # loads the model
    path = house.settings.home / "star.png"
    drawn(Random(3), "star").picture.save(path)
    file = a_file(house, path.read_bytes())
    picture = Asking("seen", house.clock(), picture=picture_of(file))
    keys = asked(
        house, Asking("said", house.clock(), "a photo of a star"), picture, Asking("other", house.clock(), "a circle")
    )

    answering.step()

    star, seen, circle = (answer.vectors[0] for key in keys if (answer := answer_at(house, key)))
    assert star.space == seen.space == JOINT
    assert cosine(star, seen) > cosine(circle, seen)


def test_memory_without_vectors_has_no_model_loaded_and_no_warning(house: Store, answering: Answering) -> None:
    [key] = asked(house, Asking("1", house.clock(), "anything"))

    answering.step()

    assert answer_at(house, key) == Asked()
    assert house.wire.redis.get(PRESENT) == ""


def test_model_that_is_missing_is_told_and_the_others_answer(house: Store, answering: Answering) -> None:
    searched(house, Space(SpaceKind.TEXT, "not-here", 8), JOINT)
    answering.step(0.01)  # loads the model
    [key] = asked(house, Asking("1", house.clock(), "a star"))

    answering.step()

    answer = answer_at(house, key)
    assert answer is not None
    assert [vector.space for vector in answer.vectors] == [JOINT]
    assert "not-here" in answer.warnings[0]


def test_space_that_is_new_is_compared_in_soon(house: Store, models: BoundedModelCache) -> None:
    running, context = HandClock(), Context(house.settings.work, house.settings.models, models, NoNetwork())
    answering = Answering(house, context, running)
    answering.step(0.01)
    searched(house, MINILM)
    running.forward(LOOK_S)
    answering.step(0.01)
    [key] = asked(house, Asking("1", house.clock(), "a star"))

    answering.step()

    answer = answer_at(house, key)
    assert answer is not None
    assert [vector.space for vector in answer.vectors] == [MINILM]


def test_first_question_after_the_first_vectors_is_compared_with_them(house: Store, answering: Answering) -> None:
    answering.step(0.01)
    searched(house, MINILM)

    question = meant(house, answering, "a cat")

    assert question.space == MINILM


def test_question_that_nobody_waits_for_any_more_is_passed_over(house: Store, answering: Answering) -> None:
    old = Asking("old", house.clock() - TOO_OLD_S - 1, "too late")
    keys = asked(house, old, Asking("new", house.clock(), "in time"))

    count = answering.step()

    assert count == 1
    assert [answer_at(house, key) is None for key in keys] == [True, False]


def test_what_is_no_question_is_passed_over(house: Store, answering: Answering) -> None:
    house.wire.redis.rpush(WAITING, "rubbish", '{"picture": 7}')
    [key] = asked(house, Asking("1", house.clock(), "in time"))

    answering.step()

    assert answer_at(house, key) is not None


def test_picture_that_cannot_be_read_is_told(house: Store, answering: Answering) -> None:
    searched(house, JOINT)
    answering.step(0.01)  # loads the model
    [key] = asked(house, Asking("1", house.clock(), picture=picture_of(a_file(house, b"no picture at all"))))

    answering.step()

    answer = answer_at(house, key)
    assert answer is not None
    assert answer.vectors == ()
    assert "hello.txt" in answer.warnings[0]


@pytest.fixture
def running(house: Store, models: BoundedModelCache) -> Iterator[Store]:
    """The process, as a thread, until the test is over."""
    searched(house, MINILM)
    stopped = Event()
    thread = Thread(target=run, args=(house, models, stopped))
    thread.start()
    until(lambda: house.wire.redis.get(PRESENT))
    yield house
    stopped.set()
    thread.join()


def test_who_asks_is_answered(running: Store) -> None:
    answer = until(lambda: _answered(vectors_of_text(running, "when does the port open")))

    assert [vector.space for vector in answer.vectors] == [MINILM]
    assert answer.warnings == ()


def test_redis_that_lost_everything_is_gone_on_with(running: Store, redis_url: str) -> None:
    connect(redis_url).flushall()

    until(lambda: running.wire.redis.get(PRESENT))

    assert until(lambda: _answered(vectors_of_text(running, "after the flood"))) is not None


def test_redis_that_is_away_holds_nobody_up_who_stops_it(
    house: Store, models: BoundedModelCache, tmp_path: Path
) -> None:
    nobody = replace(house, wire=Wire(connect(f"unix://{tmp_path / 'nobody-listens.sock'}")))
    stopped = Event()
    thread = Thread(target=run, args=(nobody, models, stopped))
    thread.start()

    stopped.set()

    thread.join(timeout=30)
    assert not thread.is_alive()


def test_note_has_its_vector_soon(house: Store, answering: Answering) -> None:
    searched(house, MINILM)
    remember(house, passage("The harbour opens at seven."))
    [hit] = ask(house, "harbour").hits
    add_note(house, OWNER, hit.source.id, "ask for the night watchman")

    answering.step(0.01)

    question = meant(house, answering, "who guards the place after dark")
    assert texts_of(ask(house, "", question))[0] == "ask for the night watchman"


def _answered(asked: Asked) -> Asked | None:
    """What was asked, unless a busy machine took longer than anybody waits."""
    return asked if asked.vectors else None


def meant(store: Store, answering: Answering, text: str) -> Vector:
    """The vector of a text."""
    [key] = asked(store, Asking("a text", store.clock(), text))
    answering.step()
    answer = answer_at(store, key)
    assert answer is not None
    return answer.vectors[0]
