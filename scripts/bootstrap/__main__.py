"""``python -m scripts.bootstrap run|test|types``: make the clone ready for the ``make`` target of that purpose."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.bootstrap.environment import RUN_EXTRAS, TEST_EXTRAS, prepare_environment
from scripts.bootstrap.errors import CannotPrepare
from scripts.bootstrap.lock import only_one
from scripts.bootstrap.node import has_node
from scripts.bootstrap.progress import Progress
from scripts.bootstrap.ui import build_ui, install_modules

ROOT = Path(__file__).resolve().parents[2]


def prepare(root: Path, purpose: str, progress: Progress) -> None:
    """Bring ``root`` to where ``purpose`` (``run``, ``test`` or ``types``) can begin. Raises CannotPrepare."""
    with only_one(root, progress):
        if not has_node():
            _prepare_python(root, purpose, progress)
            _prepare_ui(root, purpose, progress)
            return
        with ThreadPoolExecutor(1) as beside:
            ui = beside.submit(_prepare_ui, root, purpose, progress.beside())
            _prepare_python(root, purpose, progress)
        ui.result()


def _prepare_python(root: Path, purpose: str, progress: Progress) -> None:
    prepare_environment(root, TEST_EXTRAS if purpose == "test" else RUN_EXTRAS, progress)


def _prepare_ui(root: Path, purpose: str, progress: Progress) -> None:
    if purpose != "run":
        install_modules(root, progress)
    if purpose != "types":
        build_ui(root, progress)


def main() -> int:
    """Run the command line; a failure is its message alone, and status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("purpose", choices=("run", "test", "types"))
    try:
        prepare(ROOT, parser.parse_args().purpose, Progress(sys.stdout))
    except CannotPrepare as error:
        print(f"triptych: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ntriptych: interrupted; the next start goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
