"""memory.index: what is kept of finished jobs, with which vectors, and what becomes of a run that was cut short."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from struct import unpack
from typing import Any

import pytest
from checkpoints.drawn_shapes import drawn
from support.kept_in_memory import Finished, KeptInMemory, a_product

from pipelines.catalogue import catalogue
from pipelines.contract import Context, Item, Made, PartKind, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.errors import BadInput, EngineUnavailable
from pipelines.house import Memory, Product, Space, SpaceKind
from pipelines.memory.index import PAGE, IndexParams, index, index_many
from pipelines.standalone import MemoryCheckpoint, run_to_the_end, standalone_context

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"
JOB = "the-job"
MINILM = Space(SpaceKind.TEXT, "all-MiniLM-L6-v2", 384)
NOWHERE = Space(SpaceKind.TEXT, "not-here", 8)
JOINT = Space(SpaceKind.PICTURE, "joint", 32, is_joint=True)
SHAPES = Space(SpaceKind.PICTURE, "shapes", 64)


@pytest.fixture(scope="module")
def models() -> BoundedModelCache:
    return BoundedModelCache()


@pytest.fixture
def memory() -> KeptInMemory:
    return KeptInMemory([NOWHERE])


@pytest.fixture
def context(tmp_path: Path, models: BoundedModelCache, memory: KeptInMemory) -> Context:
    for family, name in (("open-clip", "joint"), ("timm", "shapes")):
        shutil.copytree(CHECKPOINTS / name, tmp_path / "models" / family / name)
    return replace(standalone_context(tmp_path, tmp_path / "models", models), memory=memory)


def said(*texts: str) -> Product:
    parts: list[tuple[PartKind, Mapping[str, Any]]] = [
        (PartKind.SEGMENT, {"start_s": 5.0 * n, "end_s": 5.0 * n + 4, "text": text}) for n, text in enumerate(texts)
    ]
    return a_product("audio.transcribe", parts, {"language": "en"})


def item(context: Context, product: Product | None, *sources: Source, job: str = JOB) -> Item:
    jobs = Finished({} if product is None else {job: product})
    return Item(
        sources or [Source(Path("talk"), "01.mp3", "audio/mpeg", 1)], IndexParams(job=job), replace(context, jobs=jobs)
    )


def texts(memories: list[Memory]) -> list[str]:
    return [memory.text for memory in memories]


def test_what_was_said_is_kept_and_settled_without_any_model(context: Context, memory: KeptInMemory) -> None:
    product = said("The harbour opens at seven.", "Nobody may moor before that.")

    finished = run_to_the_end(index(*_of(item(context, product))))

    assert texts(memory.kept[JOB]) == ["The harbour opens at seven.", "Nobody may moor before that."]
    assert memory.settled == [JOB]
    assert finished.result.body == {"memories": 2}
    assert any("not-here" in warning for warning in finished.result.warnings)


def test_job_that_is_gone_is_told_and_nothing_is_settled(context: Context, memory: KeptInMemory) -> None:
    with pytest.raises(BadInput) as gone:
        run_to_the_end(index(*_of(item(context, None))))

    assert gone.value.code == "gone"
    assert memory.settled == []


def test_each_of_several_jobs_is_remembered_by_itself(context: Context, memory: KeptInMemory) -> None:
    items = [item(context, said(f"Sentence number {n} it is."), job=f"job-{n}") for n in range(3)]
    items.insert(1, item(context, None, job="gone"))

    outcomes = index_many(items)

    assert [type(outcome) for outcome in outcomes] == [Made, BadInput, Made, Made]
    assert {job: texts(kept) for job, kept in memory.kept.items()} == {
        f"job-{n}": [f"Sentence number {n} it is."] for n in range(3)
    }
    assert sorted(memory.settled) == ["job-0", "job-1", "job-2"]


def test_what_could_not_be_kept_is_told_once(context: Context) -> None:
    product = said(*(f"Sentence number {n} of the talk." for n in range(PAGE + 10)))
    memory = KeptInMemory([NOWHERE], doubts=["its vectors are left"])

    [outcome] = index_many([item(replace(context, memory=memory), product)])

    assert isinstance(outcome, Made)
    assert outcome.result.warnings.count("its vectors are left") == 1


class _CutShort(KeptInMemory):
    """A memory whose run dies after its first page."""

    def keep(self, job_id: str, memories: Any) -> Sequence[str]:
        if self.kept:
            raise KeyboardInterrupt
        return super().keep(job_id, memories)


def test_run_that_was_cut_short_is_gone_on_with_and_keeps_all_as_its_own(context: Context) -> None:
    product = said(*(f"Sentence number {n} of the talk." for n in range(PAGE + 10)))
    checkpoint, first, second = MemoryCheckpoint(), _CutShort([NOWHERE]), KeptInMemory([NOWHERE])
    with pytest.raises(KeyboardInterrupt):
        index_many([item(replace(context, memory=first, checkpoint=checkpoint), product)])

    [outcome] = index_many([item(replace(context, memory=second, checkpoint=checkpoint), product)])

    assert isinstance(outcome, Made)
    assert checkpoint.load() is not None
    assert len(first.kept[JOB]) == PAGE
    assert len({memory.place["start_s"] for memory in second.kept[JOB]}) == len(second.kept[JOB]) == PAGE + 10


@pytest.mark.engine
def test_vectors_of_a_run_that_was_cut_short_are_not_made_again_by_the_same_model(context: Context) -> None:
    product = said(*(f"Sentence number {n}." * 2 for n in range(PAGE + 2)))
    checkpoint, first = MemoryCheckpoint(), _CutShort()
    with pytest.raises(KeyboardInterrupt):
        index_many([item(replace(context, memory=first, checkpoint=checkpoint), product)])
    same, another = KeptInMemory([MINILM]), KeptInMemory([MINILM, JOINT, NOWHERE])

    for memory in (same, another):
        index_many([item(replace(context, memory=memory, checkpoint=checkpoint), product)])

    assert [len(one.vectors) for one in first.kept[JOB]] == [1] * PAGE
    assert [len(one.vectors) for one in same.kept[JOB]] == [0] * PAGE + [1] * 2
    assert [len(one.vectors) for one in another.kept[JOB]] == [1] * (PAGE + 2)


def test_cancelled_run_keeps_no_further_page(context: Context, memory: KeptInMemory) -> None:
    def check() -> None:
        if memory.kept:
            raise KeyboardInterrupt

    product = said(*(f"Sentence number {n} of the talk." for n in range(2 * PAGE)))

    with pytest.raises(KeyboardInterrupt):
        index_many([item(replace(context, check=check), product)])

    assert len(memory.kept[JOB]) == PAGE


def test_database_without_vectors_keeps_words_and_loads_no_model(context: Context) -> None:
    class WordsAlone(KeptInMemory):
        def spaces(self) -> Any:
            raise EngineUnavailable("memories are compared by their words alone")

    memory = WordsAlone()

    [outcome] = index_many([item(replace(context, memory=memory), said("The harbour opens at seven."))])

    assert isinstance(outcome, Made)
    assert outcome.result.warnings == ("memories are compared by their words alone",)
    assert [list(one.vectors) for one in memory.kept[JOB]] == [[]]
    assert outcome.result.engine.model == "words alone"


@pytest.mark.engine
def test_texts_of_alike_meaning_have_vectors_that_lie_close(context: Context) -> None:
    memory = KeptInMemory()
    product = said("The harbour opens at seven.", "The port is accessible from early morning.", "Bees sleep at night.")

    [outcome] = index_many([item(replace(context, memory=memory), product)])

    harbour, port, bees = (_values(one) for one in memory.kept[JOB])
    assert isinstance(outcome, Made)
    assert outcome.result.engine.model == "all-MiniLM-L6-v2"
    assert {one.vectors[0].space for one in memory.kept[JOB]} == {Space(SpaceKind.TEXT, "all-MiniLM-L6-v2", 384)}
    assert _cosine(harbour, port) > _cosine(harbour, bees) + 0.2


@pytest.mark.engine
def test_name_of_a_file_is_found_by_its_words_alone(context: Context) -> None:
    memory = KeptInMemory()
    source = Source(Path("talk"), "speech.mp3", "audio/mpeg", 1)

    index_many([item(replace(context, memory=memory), said("The harbour opens at seven."), source)])

    assert [(one.text, len(one.vectors)) for one in memory.kept[JOB]] == [
        ("speech", 0),
        ("The harbour opens at seven.", 1),
    ]


@pytest.mark.engine
@pytest.mark.parametrize("space", [JOINT, SHAPES], ids=["joint", "pictures alone"])
def test_pictures_of_alike_content_have_vectors_that_lie_close(context: Context, tmp_path: Path, space: Space) -> None:
    from random import Random

    random, memory = Random(4), KeptInMemory([NOWHERE, space])
    sources = [_drawn(tmp_path / f"{n}.png", random, shape) for n, shape in enumerate(("star", "star", "circle"))]

    index_many([item(replace(context, memory=memory), a_product("image.compare"), *sources)])

    star, other, circle = (_values(one) for one in memory.kept[JOB])
    assert memory.kept[JOB][0].vectors[0].space.model == space.model
    assert _cosine(star, other) > _cosine(star, circle)


@pytest.mark.engine
def test_picture_that_cannot_be_read_is_remembered_by_its_name(context: Context, tmp_path: Path) -> None:
    path, memory = tmp_path / "broken.png", KeptInMemory([NOWHERE, SHAPES])
    path.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    source = Source(path, "sunset.png", "image/png", 1)

    [outcome] = index_many([item(replace(context, memory=memory), a_product("image.embed"), source)])

    assert isinstance(outcome, Made)
    assert [(one.text, list(one.vectors)) for one in memory.kept[JOB]] == [("sunset", [])]
    assert "'sunset.png' is found by its words alone" in outcome.result.warnings[0]


def test_index_is_asked_for_by_the_house_alone() -> None:
    declared = catalogue()["memory.index"]

    assert (declared.accepts, declared.max_sources, declared.makes_memories) == ((), 0, False)


def _of(one: Item) -> tuple[Any, Any, Any]:
    return one.sources, one.params, one.context


def _drawn(path: Path, random: Any, shape: str) -> Source:
    drawn(random, shape).picture.save(path)
    return Source(path, path.name, "image/png", path.stat().st_size)


def _values(memory: Memory) -> tuple[float, ...]:
    values = memory.vectors[0].values
    return unpack(f"<{len(values) // 4}f", values)


def _cosine(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
