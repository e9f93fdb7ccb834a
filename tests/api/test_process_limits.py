"""The API stays light: it starts small, whatever the pipelines need."""

import subprocess
import sys

import pytest

HEAVY = {"authlib", "joserfc", "torch", "numpy", "celery", "kombu", "PIL", "cv2", "onnxruntime", "av", "transformers"}
PROGRAM = """
import sys
import api.wsgi
from api import engines
engines.engines(api.wsgi.settings)
print(next(int(line.split()[1]) // 1024 for line in open('/proc/self/status') if line.startswith('VmRSS')))
print(*(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    program = PROGRAM.format(heavy=sorted(HEAVY))
    environment = {"TRIPTYCH_HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_listing_pipelines_and_engines_loads_no_heavy_library(started):
    assert started[1] == ""


def test_memory_stays_under_120_megabytes(started):
    assert int(started[0]) < 120


@pytest.mark.parametrize(("name", "value"), [("TRIPTYCH_PROT", "8000"), ("TRIPTYCH_PORT", "x")])
def test_bad_setting_stops_the_start_with_its_name(tmp_path, name, value):
    environment = {"TRIPTYCH_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", name: value}

    done = subprocess.run(
        [sys.executable, "-c", "import api.wsgi"], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_server_s_master_imports_nothing_that_gevent_is_to_patch(tmp_path):
    """Gunicorn reads these before it patches; what is imported by then keeps the waiting of before."""
    program = "import sys, api.gunicorn, api.refusing; print(*{'flask', 'redis', 'sqlalchemy'} & set(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"TRIPTYCH_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == []
