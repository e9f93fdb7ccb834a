"""memory.index: what a finished job heard, saw, read or wrote, kept so that it is found again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, islice

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Item, JsonObject, Lane, Made, Params, Result, Run, Source
from pipelines.errors import PipelineError
from pipelines.house import Memory
from pipelines.memory.remembered import Looking, memories_of
from pipelines.memory.vectors import Vectors

PAGE = 128  # memories whose vectors are made, and which are kept, together
AT_ONCE = 16  # jobs of one message


class IndexParams(Params):
    """What to remember."""

    job: str = Field(max_length=36, title="Job", description="The id of the finished job that made it.")


def index_many(items: Sequence[Item]) -> list[Made | PipelineError]:
    """Remember what several jobs made: their texts and pictures share the models' passes.

    What one job's product cannot be remembered for is its own outcome.
    """
    vectors = Vectors(items[0].context)
    tasks = [_task(item, vectors) for item in items]
    found = chain.from_iterable(task.found(vectors) for task in tasks)
    while page := list(islice(found, PAGE)):
        for item in items:
            item.context.check()
        _keep(page, vectors)
    return [task.outcome(vectors) for task in tasks]


@pipeline(
    name="memory.index",
    title="Remember",
    lane=Lane.GPU,
    accepts=(),
    params=IndexParams,
    max_sources=0,  # of who asks by hand: the house gives it the inputs of the job that is to be remembered
    min_sources=0,
    time_limit_s=4 * 3600,  # a book takes minutes on two cores, the longest document an hour
    batch=AT_ONCE,
    run_many=index_many,
)
def index(sources: Sequence[Source], params: IndexParams, context: Context) -> Run:
    """Remember what a finished job made, so that it is found by its words and by what it means.

    The house asks for it by itself when a job succeeds, unless that was told not to be remembered. What a job made is
    forgotten when the job is deleted.
    """
    [outcome] = index_many([Item(sources, params, context)])
    if isinstance(outcome, PipelineError):
        raise outcome
    yield from outcome.yielded
    return outcome.result


@dataclass(slots=True)
class _Task:
    """The run that remembers one job.

    ``kept_before``: how many memories an earlier run has kept with their vectors, and ``made_before`` by which models.
    """

    item: Item
    kept_before: int
    made_before: JsonObject
    kept: int = 0
    refusal: PipelineError | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def job_id(self) -> str:
        return str(self.item.params.job)

    def found(self, vectors: Vectors) -> "Iterator[_Found]":
        context = self.item.context
        context.progress(None, "looking at what was made")
        looking = Looking(vectors.count_tokens, context.check, self.warnings.append)
        try:
            product = context.jobs.product(self.job_id)
            for number, memory in enumerate(memories_of(product, self.item.sources, looking)):
                source = None if memory.source is None else self.item.sources[memory.source]
                yield _Found(self, memory, source, was_kept=number < self.kept_before)
        except PipelineError as error:
            self.refusal = error

    def keep(self, memories: Sequence[Memory]) -> None:
        context = self.item.context
        self.warnings += context.memory.keep(self.job_id, memories)
        self.kept += len(memories)
        context.progress(None, f"{self.kept:,} remembered")

    def outcome(self, vectors: Vectors) -> Made | PipelineError:
        if self.refusal is not None:
            return self.refusal
        self.item.context.memory.settle(self.job_id)
        unseen = [vectors.unseen[source.path] for source in self.item.sources if source.path in vectors.unseen]
        warnings = (*dict.fromkeys([*self.warnings, *unseen]), *(vectors.warnings if self.kept else ()))
        return Made((), Result({"memories": self.kept}, vectors.used, warnings))


@dataclass(frozen=True, slots=True)
class _Found:
    """Something to be remembered, and the input that it comes of, None where it comes of the job alone."""

    task: _Task
    memory: Memory
    source: Source | None
    was_kept: bool


def _task(item: Item, vectors: Vectors) -> _Task:
    saved = item.context.checkpoint.load()
    if saved is None or not vectors.are_those_of(saved.state["made_by"]):
        return _Task(item, 0, {})
    return _Task(item, saved.state["kept"], saved.state["made_by"])


def _keep(page: Sequence[_Found], vectors: Vectors) -> None:
    """Keep a page of memories with their vectors; of a job that has more, note how far it is.

    What an earlier run has kept is kept again, as this run's, with the vectors that it has.
    """
    made = iter(vectors.of([(one.memory, one.source) for one in page if not one.was_kept]))
    memories = [one.memory if one.was_kept else replace(one.memory, vectors=next(made)) for one in page]
    for _, group in groupby(zip(page, memories, strict=True), key=lambda pair: id(pair[0].task)):
        own = list(group)
        own[0][0].task.keep([memory for _, memory in own])
    last = page[-1].task
    if len(page) == PAGE:
        last.item.context.checkpoint.save({"kept": last.kept, "made_by": {**last.made_before, **vectors.made_by()}})
