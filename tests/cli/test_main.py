"""The command tells what is wrong in one line and ends with status 1, never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def triptych(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.main import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_an_unknown_setting_is_named() -> None:
    done = triptych("up", TRIPTYCH_PROT="9000")

    assert done.returncode == 1
    assert done.stderr == "triptych: unknown setting TRIPTYCH_PROT; docs/settings.md lists those there are\n"


def test_doctor_names_each_finding_and_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    done = triptych("doctor", TRIPTYCH_HOME=str(file / "home"))

    assert done.returncode == 1
    assert any(line.startswith("ok       Python ") for line in done.stdout.splitlines())
    assert f"problem  Cannot write to {file / 'home'}" in done.stdout


def test_one_port_for_two_servers_is_refused(tmp_path: Path) -> None:
    done = triptych("up", TRIPTYCH_HOME=str(tmp_path), TRIPTYCH_PORT="5999", TRIPTYCH_FLOWER_PORT="5999")

    assert done.returncode == 1
    assert done.stderr == "triptych: Port 5999 cannot serve both the API and Flower: make run FLOWER_PORT=5556.\n"
