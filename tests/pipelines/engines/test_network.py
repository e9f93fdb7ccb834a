import socket
import threading

import pytest

from pipelines.engines.network import REMEMBER_S, RememberedNetwork


def test_answer_is_remembered_and_asked_again_later(tmp_path):
    now = [1000.0]
    network = RememberedNetwork(tmp_path, clock=lambda: now[0])
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        while_open = network.reachable("127.0.0.1", port)

    just_closed = RememberedNetwork(tmp_path, clock=lambda: now[0]).reachable("127.0.0.1", port)
    now[0] += REMEMBER_S
    later = network.reachable("127.0.0.1", port)

    assert (while_open, just_closed, later) == (True, True, False)


@pytest.fixture
def resolver():
    """A name server that never answers until the test is over, and the names it was asked for."""
    over, asked = threading.Event(), []

    def connect(host, port):
        asked.append((host, port))
        over.wait()

    yield connect, asked
    over.set()


def test_resolver_that_hangs_counts_as_no_network_while_it_hangs(tmp_path, resolver):
    connect, asked = resolver
    network = RememberedNetwork(tmp_path, connect=connect, patience_s=0.01)

    answers = [network.reachable("far.example"), network.reachable("far.example")]

    assert answers == [False, False]
    assert asked == [("far.example", 443)]


def test_name_that_no_resolver_knows_is_unreachable(tmp_path):
    def unknown_name(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    answer = RememberedNetwork(tmp_path, connect=unknown_name).reachable("nowhere.example")

    assert answer is False


def test_memory_cut_short_is_asked_for_again(tmp_path):
    network = RememberedNetwork(tmp_path, connect=lambda host, port: None)
    network.reachable("near.example")
    (note,) = tmp_path.iterdir()  # one file: what was written aside has been moved into place
    note.write_text("1")

    recalled = network.recall("near.example")

    assert recalled is None
    assert network.reachable("near.example") is True
