"""Questions, notes and models that cannot be compared: who asks is told, and the next is answered."""

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random
from time import monotonic

import numpy as np
import pytest
from checkpoints.drawn_shapes import drawn
from support.questioning import JOINT, MINILM, answer_at, asked, searched, with_joint_model
from support.random_bert import save_random_bert
from support.remembering import ask, passage, remember, texts_of
from support.work import OWNER, a_file

from pipelines.contract import Context
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.house import Space, SpaceKind
from triptych.memory.marks import add_note
from triptych.memory.questions import WAITING, Asked, Asking, picture_of
from triptych.store import Store
from workers.questions import DEADLY, Answering
from workers.trials import MOST_DEATHS

pytestmark = [pytest.mark.redis, pytest.mark.engine]

BROKEN = Space(SpaceKind.TEXT, "broken", 32)


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


@pytest.mark.parametrize("text", ["\ud800\udfff\ud800", "\x00\x01\x7f", "\ufffe", "\u0301" * 8000])
def test_text_that_is_none_is_answered_like_any(house: Store, answering: Answering, text: str) -> None:
    searched(house, MINILM)
    answering.step(0.01)  # loads the model
    keys = asked(house, Asking("odd", house.clock(), text), Asking("even", house.clock(), "a cat"))

    answering.step()

    answers = [answer_at(house, key) for key in keys]
    assert [len(answer.vectors) for answer in answers if answer] == [1, 1]


def test_model_that_makes_no_vectors_leaves_the_words(house: Store, answering: Answering) -> None:
    save_random_bert(house.settings.models / "embed" / BROKEN.model, "mean")
    spoil(house.settings.models / "embed" / BROKEN.model / "model.safetensors")
    searched(house, BROKEN)
    remember(house, passage("The harbour opens at seven."))
    add_note(house, OWNER, ask(house, "harbour").hits[0].source.id, "ask for the night watchman")
    for _ in range(2):
        answering.step(0.01)  # loads the model, and tries to compare the note
    [key] = asked(house, Asking("1", house.clock(), "a cat"))

    answering.step()

    answer = answer_at(house, key)
    assert answer is not None
    assert answer.vectors == ()
    assert "found by words alone" in answer.warnings[0]
    assert texts_of(ask(house, "watchman")) == ["ask for the night watchman"]


def spoil(weights: Path) -> None:
    """Make every weight no number."""
    from safetensors.numpy import load_file, save_file

    nowhere = {name: np.full_like(tensor, np.nan) for name, tensor in load_file(weights).items()}
    save_file(nowhere, weights, metadata={"format": "pt"})


def two_pictures(store: Store) -> list[Asking]:
    """Questions that show something."""
    pictures = [a_file(store, drawing(store, shape)) for shape in ("star", "circle")]
    return [Asking(str(n), store.clock(), picture=picture_of(one)) for n, one in enumerate(pictures)]


def put(store: Store, *askings: Asking) -> list[str]:
    """Put them before the process as asked this moment, however long it took to come here."""
    return asked(store, *(replace(asking, asked_at=store.clock()) for asking in askings))


def drawing(store: Store, shape: str) -> bytes:
    path = store.settings.home / "drawn.png"
    drawn(Random(3), shape).picture.save(path)
    return path.read_bytes()


def failing(house: Store, models: BoundedModelCache, error: BaseException, times: int) -> Answering:
    """The process, whose model raises ``error`` at the first ``times`` pictures."""
    left: list[BaseException] = []

    def check() -> None:
        if left:
            raise left.pop()

    context = Context(house.settings.work, house.settings.models, models, NoNetwork(), check=check)
    answering = Answering(house, context, monotonic)
    answering.step(0.01)  # loads the model
    left += [error] * times
    return answering


def test_question_on_which_a_model_fails_keeps_no_other_from_its_answer(
    house: Store, models: BoundedModelCache
) -> None:
    searched(house, JOINT)
    answering = failing(house, models, RuntimeError("the device is lost"), times=2)  # at both together, at the first
    keys = put(house, *two_pictures(house))

    count = answering.step()

    guilty, innocent = (answer_at(house, key) for key in keys)
    assert count == 2
    assert guilty == Asked(warnings=("found by words alone: the model failed (RuntimeError)",))
    assert innocent is not None
    assert len(innocent.vectors) == 1


def test_memory_that_runs_out_is_told_and_the_next_is_answered(house: Store, models: BoundedModelCache) -> None:
    searched(house, JOINT)
    answering = failing(house, models, MemoryError("no more"), times=2)  # at first, and after the others have gone
    first, second = two_pictures(house)
    [key] = put(house, first)
    answering.step()
    [after] = put(house, second)

    answering.step()

    told, answer = answer_at(house, key), answer_at(house, after)
    assert told is not None
    assert "not enough memory" in told.warnings[0]
    assert answer is not None
    assert len(answer.vectors) == 1


def test_question_that_processes_die_of_is_not_tried_for_ever(house: Store, models: BoundedModelCache) -> None:
    searched(house, JOINT)
    deadly, harmless = two_pictures(house)
    for _ in range(MOST_DEATHS):
        dying = failing(house, models, SystemExit("killed"), times=1)
        put(house, deadly)
        with pytest.raises(SystemExit):
            dying.step()
    answering = failing(house, models, SystemExit("killed"), times=0)
    keys = put(house, deadly, harmless)

    answering.step()

    refused, answer = (answer_at(house, key) for key in keys)
    assert refused == Asked(warnings=(DEADLY,))
    assert answer is not None
    assert len(answer.vectors) == 1


@pytest.mark.parametrize(
    "message",
    [
        '{"id": 7, "asked_at": 1, "text": "", "picture": null}',
        '{"id": "1", "asked_at": "noon", "text": "", "picture": null}',
        '{"id": "1", "asked_at": 9e99, "text": null, "picture": null}',
        '{"id":"", "asked_at": 9, "text": "", "picture": {"sha256": 5, "name": "", "media_type": "", "size_bytes": 0}}',
    ],
)
def test_question_of_another_shape_is_passed_over(house: Store, answering: Answering, message: str) -> None:
    house.wire.redis.rpush(WAITING, message)
    [key] = asked(house, Asking("1", house.clock(), "in time"))

    answering.step()

    assert answer_at(house, key) is not None


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors", ""])
def test_model_whose_files_are_broken_is_told(house: Store, answering: Answering, file: str) -> None:
    folder = save_random_bert(house.settings.models / "embed" / BROKEN.model, "mean")
    searched(house, BROKEN, JOINT)
    if file:
        (folder / file).write_bytes(b"[")
    else:
        shutil.rmtree(folder)
    answering.step(0.01)  # loads the models
    [key] = asked(house, Asking("1", house.clock(), "a star"))

    answering.step()

    answer = answer_at(house, key)
    assert answer is not None
    assert [vector.space for vector in answer.vectors] == [JOINT]
    assert BROKEN.model in answer.warnings[0]
