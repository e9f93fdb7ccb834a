import socket

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
