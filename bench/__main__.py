"""Every measurement in turn, or those asked for, and the page of figures: `python -m bench [--write] [HEADING ...]`.

Each runs as the command that the page names, in a process of its own, so that none disturbs the next and anyone can
repeat one alone. `--write` puts each into docs/figures.md as soon as it is made; else the tables are only printed.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.machine import load_average, revision

PAGE = Path(__file__).parent.parent / "docs" / "figures.md"
SCRIPTS = {
    "Memory": "bench.memory",
    "Submits": "bench.submit",
    "Users": "bench.http",
    "Draining": "bench.drain",
    "Bulk": "bench.bulk",
    "Batches": "bench.batch",
    "Many rows": "bench.flat",
    "Expected times": "bench.outlook",
    "Uploads": "bench.upload",
    "Hearing": "bench.hearing",
    "Live speech": "bench.live",
    "First token": "bench.first_token",
    "Spoken digits": "bench.digits",
    "Speakers": "bench.speakers",
    "Pictures": "bench.images",
    "Sentences": "bench.sentences",
    "Reading": "bench.reading",
    "Recall": "bench.recall",
    "Across the senses": "bench.cross_modal",
    "Many memories": "bench.scale",
    "Indexing": "bench.indexing",
    "Drawn shapes": "tests.checkpoints.train_shapes",
}
HEAD = """\
# Figures

`make bench` measures all of it anew and prints; `.venv/bin/python -m bench --write` also writes this page, and with
headings behind it, such as `--write Hearing "Live speech"`, those sections alone. Its text comes from the scripts in
`bench/`. Figures from different machines do not compare: look at the columns that set one row beside another.
"""
NOT_MEASURED = """\
## Not measured

Nothing here was taken on a GPU: none was at hand. There, these tell whether the aims hold, which are 2,000 times real
time for 64 files and ten times openai-whisper for one:

    .venv/bin/python -m bench.hearing --size large-v3-turbo --files 64
    .venv/bin/python -m bench.images
    .venv/bin/python -m bench.sentences

Nor were joules read where a table says so: the counters (Intel's RAPL) were closed.
"""


def main() -> None:
    """Measure what is asked for, print, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("headings", nargs="*", help=f"of: {', '.join(SCRIPTS)}; all if none is given")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(PAGE.parent.parent)}")
    options = parser.parse_args()
    if unknown := set(options.headings) - set(SCRIPTS):
        parser.error(f"no heading is called {', '.join(sorted(unknown))}")
    for heading in options.headings or SCRIPTS:
        measured = section(heading, SCRIPTS[heading], [])
        print(measured, flush=True)
        if options.write:
            PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), {heading: measured}), encoding="utf-8")


def section(heading: str, module: str, arguments: Sequence[str]) -> str:
    """What ``module`` compares, the command, when it was run, and what it printed.

    Raises CalledProcessError when it fails.
    """
    command = ("-m", module, *arguments)
    when = f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} (UTC) at revision {revision()}"
    before = f"{when}; load average before: {load_average()}."
    done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, check=True)
    told = f".venv/bin/python {' '.join(command)}"
    return f"## {heading}\n\n{_explained(module)}\n\n    {told}\n\n{before}\n\n{done.stdout}"


def page(before: str, measured: Mapping[str, str]) -> str:
    """The page ``before``, with the sections ``measured`` anew in their places; those that no script makes are gone."""
    kept = {text.partition("\n")[0]: f"## {text.rstrip()}\n" for text in before.split("\n## ")[1:]}
    sections = {**kept, **measured}
    return "\n".join((HEAD, *(sections[heading] for heading in SCRIPTS if heading in sections), NOT_MEASURED))


def _explained(module: str) -> str:
    """What the script's docstring says before its usage."""
    return (import_module(module).__doc__ or "").partition("\n\n    ")[0]


if __name__ == "__main__":
    main()
