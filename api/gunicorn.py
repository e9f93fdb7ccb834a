"""gunicorn's configuration: `gunicorn -c python:api.gunicorn api.wsgi:app`."""

import gc
import sys
from typing import Any

from gevent import sleep, spawn

from api import EXTENSION
from triptych.settings import BadSettings, Settings

try:
    _settings = Settings.from_environment()
except BadSettings as error:
    sys.exit(str(error))

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = f"{_host}:{_settings.port}"
workers = 1  # the relay's clients and the requests share one event loop
worker_class = "api.refusing.RefusingWorker"
worker_connections = 4000
keepalive = 5
graceful_timeout = 3
timeout = 60
max_requests = 0  # a restart would close every socket
control_socket_disable = True  # it would lie under $HOME
forwarded_allow_ips = "127.0.0.1,::1"
header_map = "refuse"
proc_name = "triptych-api"
loglevel = "warning"

LOOK_S = 0.2


def post_worker_init(worker: Any) -> None:  # Any: gunicorn ships no types
    """Have the relay's clients told when the worker stops, so that they do not hold it up.

    What the application is made of stays as long as the process: Python's collector, which looks through all that is
    old now and then and lets nobody else run meanwhile, passes over it from here on.
    """
    gc.collect()
    gc.freeze()
    spawn(_end_relay, worker)


def _end_relay(worker: Any) -> None:
    while worker.alive:
        sleep(LOOK_S)
    worker.wsgi.extensions[EXTENSION].hub.stop()
