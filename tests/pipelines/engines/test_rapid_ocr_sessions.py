"""What RapidOCR's models in memory cost a machine that several workers share."""

from pathlib import Path

import psutil
import pytest

from pipelines.engines.rapid_ocr_sessions import bundled_models
from pipelines.standalone import standalone_context

pytestmark = pytest.mark.engine


def threads_started(tmp_path: Path, held: list[object]) -> int:
    """How many threads loading the models into a cache of their own starts; ``held`` keeps them."""
    before = psutil.Process().num_threads()
    held.append(bundled_models(standalone_context(tmp_path)))
    return psutil.Process().num_threads() - before


def test_worker_that_is_told_to_start_one_thread_starts_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[object] = []
    threads_started(tmp_path, held)  # those of other libraries, which start once
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    started = threads_started(tmp_path, held)

    assert started == 0
    assert len(held) == 2


def test_what_is_no_number_of_threads_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")

    models = bundled_models(standalone_context(tmp_path))

    assert models is not None
