"""Running a text pipeline on a string."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.answer_servers import KEY

from pipelines.contract import AnswerServer, Context, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.standalone import Finished, run_pipeline, standalone_context

RunText = Callable[..., Finished]


@pytest.fixture(scope="session")
def models() -> BoundedModelCache:
    """Loaded once for all tests."""
    return BoundedModelCache()


@pytest.fixture
def run_text(tmp_path: Path, models: BoundedModelCache) -> RunText:
    """A function that runs the pipeline called ``name`` on a text or a file."""

    def run(name: str, text: str | Path, media_type: str = "text/plain", **params: object) -> Finished:
        path = text
        if isinstance(path, str):
            path = tmp_path / "source"
            path.write_text(str(text), encoding="utf-8")
        workdir = tmp_path / "work"
        workdir.mkdir(exist_ok=True)
        context = Context(workdir, tmp_path / "models", models, NoNetwork())
        return run_pipeline(name, [Source(path, path.name, media_type, path.stat().st_size)], params, context)

    return run


@pytest.fixture
def ask(tmp_path: Path, models: BoundedModelCache) -> RunText:
    """A function that asks a question about texts, of the server at ``url`` if there is one."""

    def run(
        question: str, *texts: str, url: str | None = None, check: Callable[[], None] | None = None, **params: object
    ) -> Finished:
        sources = []
        for number, text in enumerate(texts):
            path = tmp_path / f"text{number}.txt"
            path.write_text(text, encoding="utf-8")
            sources.append(Source(path, path.name, "text/plain", path.stat().st_size))
        context = standalone_context(tmp_path, models=models)
        server = AnswerServer(url, "tiny-chat", KEY) if url else None
        context = replace(context, answer_server=server, check=check or context.check)
        return run_pipeline("text.answer", sources, {"question": question, **params}, context)

    return run
