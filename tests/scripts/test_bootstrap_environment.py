"""The environment heals: a real virtual environment of a tiny project, installed without a network."""

import io
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.bootstrap.environment import pip_progress, prepare_environment
from scripts.bootstrap.errors import CannotPrepare
from scripts.bootstrap.progress import Progress

SETUP = """\
[metadata]
name = tiny
version = 1
[options]
py_modules =
[options.extras_require]
local =
test =
"""
# A build backend of its own, so that nothing is fetched.
BACKEND = """\
import zipfile

FILES = {
    "METADATA": ["Metadata-Version: 2.1", "Name: tiny", "Version: 1", "Provides-Extra: local", "Provides-Extra: test"],
    "WHEEL": ["Wheel-Version: 1.0", "Generator: tiny", "Root-Is-Purelib: true", "Tag: py3-none-any"],
    "RECORD": [],
}


def build_editable(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(directory + "/tiny-1-py3-none-any.whl", "w") as wheel:
        for name, lines in FILES.items():
            wheel.writestr("tiny-1.dist-info/" + name, "".join(line + chr(10) for line in lines))
    return "tiny-1-py3-none-any.whl"
"""

pytestmark = pytest.mark.stack  # it really installs, which takes seconds


@dataclass(frozen=True)
class Prepared:
    """A project that was prepared, and what was told of that."""

    root: Path
    told: str

    def copied_to(self, folder: Path) -> Path:
        """It somewhere else, to be changed."""
        return shutil.copytree(self.root, folder / "clone", symlinks=True)


def a_project(root: Path) -> Path:
    (root / "requirements").mkdir()
    (root / "requirements" / "pins.txt").write_text("")
    (root / "setup.cfg").write_text(SETUP)
    (root / "backend.py").write_text(BACKEND)
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    return root


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    project = a_project(tmp_path_factory.mktemp("project"))
    return Prepared(project, prepare(project, "local", "test"))


@pytest.fixture(autouse=True)
def _uv_is_here() -> Iterator[None]:
    """Beside the Python that tests, so that none is fetched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        yield


def prepare(project: Path, *extras: str) -> str:
    told = io.StringIO()
    prepare_environment(project, extras or ("local",), Progress(told))
    return told.getvalue()


def test_a_second_start_does_nothing_until_a_pin_changes_and_extras_stay(prepared: Prepared, tmp_path: Path) -> None:
    project = prepared.copied_to(tmp_path)

    second = prepare(project, "local")
    (project / "requirements" / "pins.txt").write_text("# newer")
    third = prepare(project)

    assert "making the environment" in prepared.told
    assert second == ""
    assert "installing" in third
    assert "making the environment" not in third


@pytest.mark.parametrize("damage", ["an installation was interrupted", "its Python is gone"])
def test_a_half_made_environment_is_made_anew(prepared: Prepared, tmp_path: Path, damage: str) -> None:
    project = prepared.copied_to(tmp_path)
    if damage == "its Python is gone":
        shutil.rmtree(project / ".venv" / "bin")
    else:
        (project / ".venv" / "triptych.unfinished").touch()

    mended = prepare(project)

    assert "making the environment" in mended
    assert prepare(project) == ""


def test_a_failed_installation_shows_the_last_lines_and_the_mend_and_is_tried_again(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    (project / "backend.py").write_text("raise RuntimeError('no room in the test')")

    with pytest.raises(CannotPrepare, match=r"(?s)Check the network.*no room in the test.*install\.log"):
        prepare(project)

    (project / "backend.py").write_text(BACKEND)
    assert "installing" in prepare(project)


def test_pip_installs_where_uv_cannot(prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared.copied_to(tmp_path)
    (project / "requirements" / "pins.txt").write_text("# newer")
    (tmp_path / "uv").write_text("#!/bin/sh\necho this uv is broken\nexit 1\n")
    (tmp_path / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    told = prepare(project)

    assert "installing the dependencies with pip" in told
    assert "this uv is broken" in (project / ".venv" / "install.log").read_text()
    assert prepare(project) == ""


def test_pips_lines_become_progress() -> None:
    describe = pip_progress()

    told = [
        describe(line)
        for line in (
            "Collecting torch==2.13.0 (from -c pins.txt)\n",
            "  Downloading https://example.org/torch-2.13.0.whl (1 kB)\n",
            "Requirement already satisfied: six\n",
            "Installing collected packages: torch, six\n",
        )
    ]

    assert told == [
        "1 packages, torch==2.13.0",
        "1 packages, fetching torch-2.13.0.whl (1 kB)",
        None,
        "unpacking 2 packages",
    ]
