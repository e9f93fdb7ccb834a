"""Whoever asks the API needs nothing of what lies behind it, nor of the command line."""

import subprocess
import sys

HEAVY = "alembic celery flask gevent kombu numpy obstore pipelines redis rich sqlalchemy structlog torch typer"


def test_the_client_loads_no_other_module_of_ours_and_nothing_of_the_servers_side() -> None:
    program = "import sys, triptych.client; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    loaded = done.stdout.split()
    assert {*HEAVY.split()} & {*loaded} == set()
    assert {name.split(".")[1] for name in loaded if name.startswith("triptych.")} == {"client"}
