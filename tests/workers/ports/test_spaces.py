"""Another model takes over while the memory is searched; and a map is drawn of what lies in the database."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from support.executing import run_all
from support.random_bert import save_random_bert
from support.remembering import MEANING, a_kept_file, ask, passage, remember, texts_of, vector
from support.work import OWNER, a_claim, a_job

from pipelines.catalogue import catalogue
from pipelines.contract import Context
from pipelines.engines.embedding import embedder
from pipelines.errors import BadInput, Cancelled, TransientFailure
from pipelines.house import Memory, MemoryKind, Modality, Space, SpaceKind, Vector
from pipelines.memory import reindex as reindexing
from pipelines.standalone import run_pipeline, standalone_context
from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.memory.leaving import sweep_spaces
from triptych.memory.spaces import spaces
from triptych.memory.tables import memory_spaces
from triptych.memory.values import SpaceState
from triptych.store import Store
from workers.ports.spaces import SpacesOfHouse

WORDS = ["bees", "live", "honey", "in", "colonies", "a", "ships", "sail", "by", "night"]
COUNT = 2 * reindexing.PAGE + 40
OLD, NEW = (Space(SpaceKind.TEXT, name, 32) for name in ("old", "new"))


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models that differ in how they pool."""
    folder = tmp_path_factory.mktemp("models")
    save_random_bert(folder / "embed" / "old", "mean")
    save_random_bert(folder / "embed" / "new", "cls")
    return folder


@pytest.fixture
def context(store: Store, models_dir: Path, tmp_path: Path) -> Context:
    """A run that re-indexes, of a job that is claimed."""
    claimed = a_claim(store, a_job(store, pipeline=catalogue()["memory.reindex"]))
    return replace(standalone_context(tmp_path, models_dir), spaces=SpacesOfHouse(store, claimed, tmp_path))


def sentences() -> list[str]:
    return [f"{WORDS[n % 10]} {WORDS[n // 10 % 10]} {WORDS[n // 100 % 10]}" for n in range(COUNT)]


def question(context: Context, space: Space, text: str) -> Vector:
    model, _, _ = embedder(context, space.model)
    return Vector(space, model.encode([text], lambda: None)[0].astype("<f4").tobytes())


def remember_all(store: Store, context: Context) -> None:
    model, _, _ = embedder(context, OLD.model)
    said, file = sentences(), a_kept_file(store)
    vectors = model.encode(said, lambda: None)
    job = None
    for start in range(0, COUNT, 200):
        page = [
            passage(said[n], n, Vector(OLD, vectors[n].astype("<f4").tobytes()))
            for n in range(start, min(start + 200, COUNT))
        ]
        job = remember(store, *page, job=job, file=file)


def states(store: Store) -> dict[str, SpaceState]:
    return {stored.space.model: stored.state for stored in spaces(store)}


@pytest.mark.engine
def test_search_goes_on_between_all_pages_while_another_model_takes_over(store: Store, context: Context):
    remember_all(store, context)
    asked, found = {space: question(context, space, "ships sail honey") for space in (OLD, NEW)}, []

    def search_meanwhile() -> None:
        searched = next(stored.space for stored in spaces(store) if stored.state is SpaceState.ACTIVE)
        found.append((searched, texts_of(ask(store, "", asked[searched]))[0]))

    result = run_pipeline("memory.reindex", [], {"model": "new"}, replace(context, check=search_meanwhile)).result

    assert len(found) > 4
    assert {text for _, text in found} == {"ships sail honey"}
    assert found[0][0] == OLD
    assert states(store) == {"old": SpaceState.RETIRED, "new": SpaceState.ACTIVE}
    assert texts_of(ask(store, "", asked[NEW]))[0] == "ships sail honey"
    assert result.body["memories"] == COUNT


@pytest.mark.engine
def test_run_that_was_cut_short_is_taken_up_where_it_was(store: Store, context: Context):
    remember_all(store, context)
    checks = iter(range(100))

    def die_on_the_way() -> None:
        if next(checks) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_pipeline("memory.reindex", [], {"model": "new"}, replace(context, check=die_on_the_way))
    between = states(store)
    result = run_pipeline("memory.reindex", [], {"model": "new"}, context).result

    assert between == {"old": SpaceState.ACTIVE, "new": SpaceState.BUILDING}
    assert 0 < result.body["memories"] < COUNT
    assert states(store)["new"] is SpaceState.ACTIVE
    assert texts_of(ask(store, "", question(context, NEW, "bees live honey")))[0] == "bees live honey"


@pytest.mark.engine
def test_indexing_by_the_model_in_use_drops_what_was_half_built(store: Store, context: Context):
    remember(store, passage("bees live", 0, question(context, OLD, "bees live")))
    context.spaces.build(NEW)

    run_pipeline("memory.reindex", [], {"model": "old"}, context)
    sweep_spaces(store)

    assert states(store) == {"old": SpaceState.ACTIVE}


def test_run_that_finds_another_at_work_says_whose_job_it_is(store: Store, context: Context, tmp_path: Path):
    remember(store, passage("bees live", 0, vector(1, 0, 0)))
    context.spaces.build(NEW)
    another = a_claim(store, a_job(store, pipeline=catalogue()["memory.reindex"]))

    with pytest.raises(BadInput, match=f"new .*{context.spaces.claimed.job.id}") as refused:
        SpacesOfHouse(store, another, tmp_path).build(OLD)

    assert refused.value.code == "reindexing"
    assert states(store) == {"compass": SpaceState.ACTIVE, "new": SpaceState.BUILDING}


def test_run_whose_vectors_were_removed_meanwhile_is_tried_again(store: Store, context: Context):
    remember(store, passage("bees live", 0, vector(1, 0, 0)))
    context.spaces.build(NEW)
    with store.database.write() as connection:
        connection.execute(update(memory_spaces).where(memory_spaces.c.model == "new").values(state="retired"))

    with pytest.raises(TransientFailure, match="new were removed"):
        context.spaces.unplaced(NEW, -1, 9)
    with pytest.raises(TransientFailure, match="new were removed"):
        context.spaces.activate(NEW)

    assert states(store)["compass"] is SpaceState.ACTIVE


def test_names_of_files_are_left_to_their_words(store: Store, tmp_path):
    name, said = passage("noon"), passage("the sun is high", 3)
    remember(store, replace(name, kind=MemoryKind.TITLE), said)
    spaces_of_run = SpacesOfHouse(store, a_claim(store, a_job(store)), tmp_path)

    lacking = spaces_of_run.build(NEW)

    assert lacking == 1
    assert [one.text for one in spaces_of_run.unplaced(NEW, -1, 9)] == ["the sun is high"]


def test_picture_that_lacks_a_vector_comes_with_its_file(store: Store, tmp_path):
    file = a_kept_file(store)
    remember(store, Memory(MemoryKind.PICTURE, Modality.IMAGE, "port", {}, 0.0), passage("noon", 3), file=file)
    painter = Space(SpaceKind.PICTURE, "painter", 3)
    spaces_of_run = SpacesOfHouse(store, a_claim(store, a_job(store)), tmp_path)

    lacking = spaces_of_run.build(painter)
    [one] = spaces_of_run.unplaced(painter, -1, 9)
    store.blobs.remove(file.sha256)
    [gone] = spaces_of_run.unplaced(painter, -1, 9)

    assert (lacking, one.source.name, one.source.path) == (1, file.name, store.blobs.path(file.sha256))
    assert gone.source is None


def test_run_whose_job_was_cancelled_changes_no_space(store: Store, tmp_path):
    remember(store, passage("noon", 0, vector(1, 0, 0)))
    claimed = a_claim(store, a_job(store))
    cancel(store, OWNER, claimed.job.id)

    with pytest.raises(LeaseLost):
        SpacesOfHouse(store, claimed, tmp_path).build(NEW)

    assert states(store) == {MEANING.model: SpaceState.ACTIVE}


def test_map_is_drawn_by_a_worker_of_its_owners_memories_alone(store: Store):
    said = [passage(f"said {n}", n, vector(1, n % 3, 0)) for n in range(9)]
    remember(store, *said, passage("without a vector", 99))
    remember(store, passage("secret", 0, vector(0, 0, 1)), owner="grace")
    job = submit(store, Submission(OWNER, catalogue()["memory.map"], {"limit": 5, "modality": None}))

    run_all(store, [job], catalogue()["memory.map"])

    drawn = get_job(store, OWNER, job.id)
    told = json.loads(store.blobs.path(drawn.outputs[0].sha256).read_text())
    assert (drawn.state, drawn.outputs[0].media_type) == ("succeeded", "application/vnd.triptych.map+json")
    assert [point["text"] for point in told["points"]] == [f"said {n}" for n in (8, 7, 6, 5, 4)]
    assert "newest 5" in drawn.warnings[0]


def test_map_of_nothing_fails_in_words(store: Store):
    job = submit(store, Submission(OWNER, catalogue()["memory.map"], {"limit": 5, "modality": None}))

    run_all(store, [job], catalogue()["memory.map"])

    failed = get_job(store, OWNER, job.id)
    assert (failed.state, failed.error["code"]) == ("failed", "no_vectors")
