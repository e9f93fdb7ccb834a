"""What each process weighs: the API, an idle worker, and a worker that has run each pipeline twice.

Compared are the seconds until it is ready, resident memory then, seconds of the first and the second run, the peak,
and whether torch came in. Every row is a fresh process that runs a pipeline without a queue on a small made input.
Beforehand the API is imported in fresh processes, which take the time themselves: neither the start nor the end of
Python is in it. What needs weights that are not in the models' folder is named with its reason.

    python -m bench.memory [PIPELINE ...]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.made_input import made_source
from bench.table import Table, print_tables

MIB = 1024**2
HEADINGS = ("process", "ready s", "resident MiB", "first run s", "second run s", "peak MiB", "torch")
API, WORKER = "the API", "a worker, idle"
IMPORTED = {API: "api.wsgi", WORKER: "workers.app"}
IMPORTS = 5
PARAMS = {"text.answer": {"question": "Where do honey bees store their honey?"}}
# A torch among the modules fails the measurement: keeping it out is what the figure is about.
IMPORT_API = """
import sys, time
began = time.perf_counter()
import api.app
print(time.perf_counter() - began)
sys.exit("torch" in sys.modules)
"""


def tables(wanted: Sequence[str]) -> Iterator[Table]:
    """Measure the API, an idle worker and each pipeline (or the ``wanted`` ones) in processes of their own."""
    from pipelines.catalogue import catalogue

    _say("import api.app")
    yield import_table([_import_s() for _ in range(IMPORTS)])
    rows, missed = [], []
    for subject in [*IMPORTED, *(wanted or [one.name for one in catalogue().values() if one.max_sources])]:
        _say(subject)
        try:
            rows.append((subject, *row_of(subject)))
        except NotMeasured as reason:
            missed.append((subject, str(reason)))
    yield Table("Time and memory of one process", HEADINGS, rows)
    if missed:
        yield Table("Not measured", ("process", "why"), missed)


class NotMeasured(Exception):
    """What is measured did not run; says why."""


def row_of(subject: str) -> list[object]:
    """The row of ``subject``, taken in a process of its own. Raises NotMeasured when that fails."""
    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as home:
        done = subprocess.run(
            [sys.executable, "-m", "bench.memory", "--one", subject],
            env={**os.environ, "TRIPTYCH_HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        last_line = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotMeasured(last_line.removeprefix("pipelines.errors."))
    measured: list[object] = json.loads(done.stdout.splitlines()[-1])
    return measured


def import_table(seconds: Sequence[float]) -> Table:
    """What importing the API takes, from the seconds of several imports."""
    row = ("import api.app", statistics.median(seconds), min(seconds), max(seconds), "no")
    headings = ("what", "median s", "least s", "most s", "torch")
    return Table(f"Import of the API, {len(seconds)} fresh processes", headings, [row])


def _import_s() -> float:
    """Seconds that a fresh Python takes to import the API. Raises CalledProcessError when torch came in."""
    command = [sys.executable, "-c", IMPORT_API]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def _say(subject: str) -> None:
    print(f"measuring {subject} ...", file=sys.stderr)


def measure(subject: str) -> list[object]:
    """The row of ``subject``, taken in this process, which must be fresh."""
    started = time.perf_counter()
    if subject in IMPORTED:
        __import__(IMPORTED[subject])
        ready_s = time.perf_counter() - started
        return [ready_s, _resident_mib(), "", "", _peak_mib(), _has_torch()]
    return _run_twice(subject, started)


def _run_twice(name: str, started: float) -> list[object]:
    from pipelines.catalogue import catalogue

    pipeline = catalogue()[name]
    ready_s = time.perf_counter() - started
    resident = _resident_mib()
    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as directory:
        run = _runner(pipeline, Path(directory))
        return [ready_s, resident, run(), run(), _peak_mib(), _has_torch()]


def _runner(pipeline: Any, directory: Path) -> Any:  # Any: the catalogue must not be imported before the clock starts
    from dataclasses import replace

    from pipelines.standalone import run_pipeline, standalone_context

    sources = [made_source(pipeline, directory)] * max(1, pipeline.min_sources)
    context = standalone_context(directory, Path(os.environ.get("TRIPTYCH_MODELS_DIR", directory / "models")))

    def run() -> float:
        workdir = Path(tempfile.mkdtemp(dir=directory))
        started = time.perf_counter()
        run_pipeline(pipeline.name, sources, PARAMS.get(pipeline.name, {}), replace(context, workdir=workdir))
        return time.perf_counter() - started

    return run


def _resident_mib() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss) // MIB


def _peak_mib() -> int:
    import resource

    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # Linux tells KiB
    return peak // 1024


def _has_torch() -> str:
    return "yes" if "torch" in sys.modules else "no"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2])))
    else:
        print_tables(tables(sys.argv[1:]))
