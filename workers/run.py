"""One run of a claimed job: what goes in, and keeping what comes out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.catalogue import Pipeline
from pipelines.checkpoint import Saved
from pipelines.contract import Context, Item, Made, ModelCache, Network, Output, Part, Result, Source
from pipelines.house import JobsPort
from triptych.answering import answer_server
from triptych.files import File
from triptych.jobs import making
from triptych.jobs.leases import Claim
from triptych.recordings import still_grows
from triptych.store import Store
from workers.json_values import plain_json
from workers.ports.conversation import conversation_of
from workers.ports.memory import MemoryOfOwner
from workers.ports.spaces import SpacesOfHouse
from workers.progress import ThrottledProgress


class Run:
    """A run in ``workdir``; ``check`` raises Cancelled once it has no right to go on.

    Raises pydantic.ValidationError when the job's parameters are no longer valid.
    """

    def __init__(
        self,
        store: Store,
        models: ModelCache,
        network: Network,
        pipeline: Pipeline,
        claimed: Claim,
        workdir: Path,
        check: Callable[[], None],
        jobs: JobsPort,
    ) -> None:
        self._store = store
        self._pipeline = pipeline
        self._claimed = claimed
        self._workdir = workdir
        self._check = check
        self._parts = 0
        self._outputs = 0
        self._passing: list[str] = []
        progress = ThrottledProgress(lambda fraction, note: making.record_progress(store, claimed, fraction, note))
        settings = store.settings
        server = answer_server(settings)
        params = pipeline.params.model_validate(claimed.job.params)
        context = Context(
            workdir,
            settings.models,
            models,
            network,
            progress.tell,
            check,
            self,
            server,
            self._show,
            memory=MemoryOfOwner(store, claimed),
            jobs=jobs,
            conversation=conversation_of(store, claimed, params),
            spaces=SpacesOfHouse(store, claimed, workdir),
        )
        self.item = Item([self._source(file) for file in claimed.job.inputs], params, context)

    def alone(self) -> Result:
        """Run the pipeline and keep what it yields. Raises what the pipeline raises, Cancelled and LeaseLost."""
        run = self._pipeline.function(self.item.sources, self.item.params, self.item.context)
        while True:
            self._check()
            try:
                made = next(run)
            except StopIteration as stop:
                self._drop_passing()
                return _plain(stop.value)
            self._keep(made)

    def keep(self, made: Made) -> Result:
        """Keep what was made of this job together with others. Raises LeaseLost."""
        for one in made.yielded:
            self._keep(one)
        self._drop_passing()
        return _plain(made.result)

    def load(self) -> Saved | None:
        """What an earlier run saved last; see ``Checkpoint``."""
        return making.load_checkpoint(self._store, self._claimed)

    def save(self, state: Mapping[str, Any]) -> None:  # Any: JSON
        """Have everything yielded so far, and ``state``, survive this run; see ``Checkpoint``. Raises LeaseLost."""
        making.save_checkpoint(self._store, self._claimed, plain_json(state), self._parts)

    def _show(self, part: Part) -> None:
        making.show_partial(self._store, self._claimed, Part(part.kind, plain_json(part.body)))

    def _keep(self, made: Part | Output) -> None:
        if isinstance(made, Part):
            self._parts += 1
            making.keep_part(self._store, self._claimed, self._parts, Part(made.kind, plain_json(made.body)))
            return
        if not made.name or Path(made.name).name != made.name:
            raise ValueError(f"{self._pipeline.name} named an output {made.name!r}: a plain file name is needed")
        making.keep_output(self._store, self._claimed, self._outputs, made)
        self._outputs += 1
        if made.passing:
            self._passing.append(made.name)

    def _drop_passing(self) -> None:
        if self._passing:
            making.drop_outputs(self._store, self._claimed, self._passing)

    def _source(self, file: File) -> Source:
        if file.grows_until is not None:
            path = self._store.blobs.growing(file.id)
            return Source(path, file.name, file.media_type, file.size_bytes, lambda: still_grows(self._store, file.id))
        return Source(self._path(file), file.name, file.media_type, file.size_bytes)

    def _path(self, file: File) -> Path:
        """Where the bytes of an input lie; those that are in no blob are put into the run's directory."""
        content = self._claimed.content.get(file.id)
        if content is None:
            return self._store.blobs.lend(file.sha256, self._workdir)
        path = self._workdir / file.id
        path.write_bytes(content)
        return path


def _plain(result: Result) -> Result:
    return replace(result, body=plain_json(result.body), warnings=tuple(plain_json(list(result.warnings))))
