"""The command tells what is wrong in one line and ends with a status of its own, never with a traceback."""

from pathlib import Path

import pytest
from support.shell import run

from cli.exits import Exit


def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_PROT", "9000")

    done = run("up")

    assert done.status == Exit.FAILED
    assert done.err == "triptych: unknown setting TRIPTYCH_PROT; docs/settings.md lists those there are\n"


def test_doctor_names_each_finding_and_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("TRIPTYCH_HOME", str(file / "home"))

    done = run("doctor")

    assert done.status == Exit.FAILED
    assert any(line.startswith("ok       Python ") for line in done.out.splitlines())
    assert f"problem  Cannot write to {file / 'home'}" in done.out


def test_doctor_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIPTYCH_HOME", raising=False)

    done = run("doctor")

    assert f"ok       home {tmp_path / 'var'}\n" in done.out
    assert list(tmp_path.iterdir()) == []


def test_one_port_for_two_servers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOME": str(tmp_path), "PORT": "5999", "FLOWER_PORT": "5999"}.items():
        monkeypatch.setenv(f"TRIPTYCH_{name}", value)

    done = run("up")

    assert done.status == Exit.FAILED
    assert done.err == "triptych: Port 5999 cannot serve both the API and Flower: make run FLOWER_PORT=5556.\n"


def test_without_an_address_the_settings_of_this_machine_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIPTYCH_URL", raising=False)
    monkeypatch.setenv("TRIPTYCH_PORT", "9")

    done = run("status")

    assert done.status == Exit.UNREACHABLE
    assert done.err.startswith("triptych: http://127.0.0.1:9 does not answer: ")


def test_an_address_that_is_none_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_URL", "localhost:8000")

    done = run("status")

    assert done.status == Exit.USAGE
    assert done.err == "triptych: 'localhost:8000' is no address: it should look like http://localhost:8000\n"
