"""The whole of Triptych as `make run` starts it: real processes, a real job through HTTP, nothing left behind."""

import signal
import subprocess
from pathlib import Path

import pytest
from support.local_stack import COMMAND, PATIENCE_S, environment, left_over, local_stack

pytestmark = pytest.mark.stack


def test_one_command_starts_everything_does_a_job_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with local_stack(tmp_path / "a home with spaces") as stack:
        stack.wait_for(f"Triptych is ready: http://localhost:{stack.port} ")
        processes = stack.processes()

        job = stack.submit({"pipeline": "text.keywords", "text": "Rivers carry water. Rivers reach the sea."})

        assert (job["state"], job["error"]) == ("succeeded", None)
        assert "rivers" in str(job["result"]).lower()
        assert "<html" in stack.get("/docs").lower()
        assert "flower" in stack.get("/", port=stack.flower_port).lower()
        stack.process.send_signal(signal.SIGINT)
        stack.wait_for("stopped")
        assert stack.process.wait(PATIENCE_S) == 0
        assert left_over(processes) == []


def test_a_killed_command_takes_every_process_with_it(tmp_path: Path) -> None:
    with local_stack(tmp_path) as stack:
        stack.wait_for("Triptych is ready")
        processes = stack.processes()

        stack.process.kill()

        assert left_over(processes) == []


def test_a_second_start_in_the_same_home_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    with local_stack(tmp_path) as stack:
        stack.wait_for("preparing the database")

        second = subprocess.run(
            COMMAND, env=environment(tmp_path, 1, 2), capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )

        assert second.returncode == 1
        assert second.stderr.startswith(f"triptych: Triptych already runs in {tmp_path}: http://localhost:{stack.port}")
        assert len(second.stderr.splitlines()) == 1
