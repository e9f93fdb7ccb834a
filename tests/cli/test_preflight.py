"""What keeps the stack from starting is one line that says what is wrong and what to do."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.errors import CannotStart
from cli.preflight import check_home, check_port, lock_home, prepare_home


def test_a_port_in_use_is_named_with_the_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CannotStart) as refused:
            check_port("127.0.0.1", port, "choose another: make run PORT=9000")

    assert refused.value.message == (
        f"Port {port} on 127.0.0.1 is in use: stop what uses it, or choose another: make run PORT=9000."
    )


def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    check_port("127.0.0.1", port, "")


def test_a_host_that_is_not_ours_names_the_setting() -> None:
    with pytest.raises(CannotStart, match="check TRIPTYCH_HOST"):
        check_port("192.0.2.1", 8000, "")


@pytest.mark.parametrize("check", [check_home, prepare_home])
def test_a_home_below_a_file_is_refused_with_the_mend(tmp_path: Path, check: Callable[[Path], None]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    file.chmod(0o700)

    with pytest.raises(CannotStart, match=r"Not a directory.*set TRIPTYCH_HOME to another directory"):
        check(file / "home")


@pytest.mark.parametrize("check", [check_home, prepare_home])
def test_a_home_that_is_a_link_to_nothing_is_refused(tmp_path: Path, check: Callable[[Path], None]) -> None:
    (tmp_path / "home").symlink_to(tmp_path / "gone" / "elsewhere")

    with pytest.raises(CannotStart, match=r"Cannot write to .*home"):
        check(tmp_path / "home")


def test_a_home_is_looked_at_without_being_made(tmp_path: Path) -> None:
    check_home(tmp_path / "new" / "home")

    assert list(tmp_path.iterdir()) == []


def test_a_new_home_is_private(tmp_path: Path) -> None:
    prepare_home(tmp_path / "new" / "home")

    assert (tmp_path / "new" / "home").stat().st_mode & 0o777 == 0o700


def test_a_home_is_locked_by_one_and_free_again_afterwards(tmp_path: Path) -> None:
    first = lock_home(tmp_path, "http://localhost:8000")

    with pytest.raises(CannotStart, match=f"already runs in .*: http://localhost:8000 .process {os.getpid()}"):
        lock_home(tmp_path, "http://localhost:9000")

    os.close(first)
    os.close(lock_home(tmp_path, "http://localhost:9000"))
