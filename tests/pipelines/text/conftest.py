"""Running a text pipeline on a string."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.contract import Context, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.standalone import Finished, run_pipeline

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
