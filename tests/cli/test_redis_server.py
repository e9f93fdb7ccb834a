"""The embedded Redis listens on a private socket, wherever the home lies."""

import subprocess
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.retry import Retry

from cli.redis_server import embedded_redis, socket_path

pytestmark = pytest.mark.redis


def test_the_socket_lies_in_the_home(tmp_path: Path) -> None:
    assert socket_path(tmp_path) == tmp_path / "redis.sock"


@pytest.mark.parametrize("name", ["deep" * 40, "with#hash", "with%20escape"])
def test_a_home_unfit_for_a_socket_gets_a_private_directory(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()

    path = socket_path(home)

    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert len(bytes(path)) <= 103
    path.parent.rmdir()


@pytest.mark.parametrize("name", ["short", "deep" * 40])
def test_the_server_answers_at_its_url_and_nowhere_else(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    server = embedded_redis(home)

    with subprocess.Popen(server.service.command) as process:
        patient = Retry(ConstantBackoff(0.1), 100, supported_errors=(NotConnected, FileNotFoundError))
        with Redis.from_url(server.url, retry=patient) as client:
            told = client.info()
            process.terminate()

    assert told["tcp_port"] == 0
    assert told["aof_enabled"] == 1
