"""memory.reindex: another model's vectors for all, made page by page beside those that are searched."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from struct import unpack

import pytest
from support.media import jpeg
from support.random_bert import save_random_bert
from support.spaces import SpacesInMemory
from support.tiny_vision import save_tiny_clip

from pipelines.contract import Source
from pipelines.errors import Cancelled, EngineUnavailable
from pipelines.house import Space, SpaceKind
from pipelines.memory.reindex import PAGE
from pipelines.standalone import run_pipeline, standalone_context

pytestmark = pytest.mark.engine

OLD, NEW = Space(SpaceKind.TEXT, "old", 32), Space(SpaceKind.TEXT, "new", 32)
SENTENCES = ["bees live in colonies", "a ships sail by night", "honey"]


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_random_bert(folder / "embed" / "new", "mean")
    save_tiny_clip(folder)
    return folder


def remembered(count: int) -> SpacesInMemory:
    """So many texts, with vectors of the old model."""
    texts = {number: SENTENCES[number % 3] for number in range(1, count + 1)}
    return SpacesInMemory(texts=texts, searched=OLD, vectors={OLD: {str(number): b"" for number in texts}})


def reindexed(spaces: SpacesInMemory, models_dir: Path, tmp_path: Path, check: Callable[[], None] = lambda: None):
    context = replace(standalone_context(tmp_path, models_dir), spaces=spaces, check=check)
    return run_pipeline("memory.reindex", [], {"model": "new"}, context).result


def test_every_memory_gets_a_vector_and_then_the_model_is_searched(models_dir, tmp_path):
    spaces = remembered(5)

    result = reindexed(spaces, models_dir, tmp_path)

    assert spaces.searched == NEW
    assert set(spaces.vectors) == {NEW}
    assert sum(value**2 for value in unpack("<32f", spaces.vectors[NEW]["1"])) == pytest.approx(1)
    assert spaces.vectors[NEW]["1"] == spaces.vectors[NEW]["4"] != spaces.vectors[NEW]["2"]
    assert (result.body["memories"], result.engine.model) == (5, "new")


def test_old_vectors_are_searched_until_the_last_is_made(models_dir, tmp_path):
    spaces, searched = remembered(2 * PAGE + 1), []

    reindexed(spaces, models_dir, tmp_path, lambda: searched.append((spaces.searched, len(spaces.vectors[NEW]))))

    by_old = [count for space, count in searched if space == OLD]
    assert {0, PAGE, 2 * PAGE} <= set(by_old)
    assert all(count == 2 * PAGE + 1 for space, count in searched if space == NEW)


def test_what_is_remembered_meanwhile_is_not_left_out(models_dir, tmp_path):
    spaces = remembered(2)

    def remember_one_more() -> None:
        if spaces.vectors.get(NEW):
            spaces.texts[0] = "night"

    reindexed(spaces, models_dir, tmp_path, remember_one_more)

    assert set(spaces.vectors[NEW]) == {"0", "1", "2"}


def test_cancelled_run_leaves_the_old_space_and_the_next_goes_on(models_dir, tmp_path):
    spaces = remembered(2 * PAGE)

    def cancelled_in_the_middle() -> None:
        if len(spaces.vectors.get(NEW, {})) == PAGE:
            raise Cancelled

    with pytest.raises(Cancelled):
        reindexed(spaces, models_dir, tmp_path, cancelled_in_the_middle)
    between = (spaces.searched, len(spaces.vectors[NEW]))
    result = reindexed(spaces, models_dir, tmp_path)

    assert between == (OLD, PAGE)
    assert (spaces.searched, result.body["memories"]) == (NEW, PAGE)


def test_model_that_is_missing_changes_nothing(models_dir, tmp_path):
    spaces = remembered(1)
    context = replace(standalone_context(tmp_path, models_dir), spaces=spaces)

    with pytest.raises(EngineUnavailable, match="absent"):
        run_pipeline("memory.reindex", [], {"model": "absent"}, context)

    assert (spaces.searched, set(spaces.vectors)) == (OLD, {OLD})


def test_pictures_get_vectors_of_another_model_but_for_broken_ones(models_dir, tmp_path):
    for name, content in {"a.jpg": jpeg(), "b.jpg": b"no picture"}.items():
        (tmp_path / name).write_bytes(content)
    pictures = {
        number: Source(tmp_path / name, name, "image/jpeg", 9)
        for number, name in enumerate(["a.jpg", "b.jpg", "a.jpg"])
    }
    spaces = SpacesInMemory(texts=dict.fromkeys(range(4), "a picture"), pictures=pictures)
    context = replace(standalone_context(tmp_path, models_dir), spaces=spaces)

    result = run_pipeline("memory.reindex", [], {"kind": "picture", "model": "tiny"}, context).result

    assert spaces.searched == Space(SpaceKind.PICTURE, "tiny", 16, is_joint=True)
    assert set(spaces.vectors[spaces.searched]) == {"0", "2"}
    assert (result.engine.name, result.body["memories"]) == ("open-clip", 2)
    assert ["b.jpg" in warning for warning in result.warnings] == [True]
