"""Every measurement in turn, and the page of figures: `python -m bench [--write]`.

Each runs as the command that the page names, in a process of its own, so that none disturbs the next and anyone can
repeat one alone. `--write` puts the page into docs/figures.md; without it the tables are only printed.
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
    "Draining": "bench.drain",
    "Bulk": "bench.bulk",
    "Many rows": "bench.flat",
    "Expected times": "bench.outlook",
    "Uploads": "bench.upload",
    "Hearing": "bench.hearing",
    "Live speech": "bench.live",
    "Spoken digits": "bench.digits",
    "Speakers": "bench.speakers",
    "Pictures": "bench.images",
    "Sentences": "bench.sentences",
    "Reading": "bench.reading",
    "Drawn shapes": "tests.checkpoints.train_shapes",
}
HEAD = """\
# Figures

Measured {date} (UTC) at revision {revision}; load average before: {load}.

`make bench` measures anew and prints; `.venv/bin/python -m bench --write` also writes this page. Its text comes from
the scripts in `bench/`. Figures from different machines do not compare: look at the columns that set one row
beside another.
"""


def main() -> None:
    """Measure, print, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(PAGE.parent.parent)}")
    options = parser.parse_args()
    head = HEAD.format(date=f"{datetime.now(UTC):%Y-%m-%d %H:%M}", revision=revision(), load=load_average())
    print(head, flush=True)
    page = figures(head, SCRIPTS, [])
    if options.write:
        PAGE.write_text(page, encoding="utf-8")


def figures(head: str, scripts: Mapping[str, str], arguments: Sequence[str]) -> str:
    """The page: ``head``, then for each of ``scripts``, told as heading and module, what it compares and its tables.

    Raises CalledProcessError when one fails.
    """
    return "\n".join((head, *(_section(heading, module, arguments) for heading, module in scripts.items())))


def _section(heading: str, module: str, arguments: Sequence[str]) -> str:
    command = ("-m", module, *arguments)
    done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, check=True)
    print(done.stdout, flush=True)
    return f"## {heading}\n\n{_explained(module)}\n\n    .venv/bin/python {' '.join(command)}\n\n{done.stdout}"


def _explained(module: str) -> str:
    """What the script's docstring says before its usage."""
    return (import_module(module).__doc__ or "").partition("\n\n    ")[0]


if __name__ == "__main__":
    main()
