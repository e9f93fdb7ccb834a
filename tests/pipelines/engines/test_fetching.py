import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.raw_server import answering
from support.until import until

from pipelines.engines.fetching import Remote, alone, fetch, is_being_fetched, remains
from pipelines.errors import Cancelled, DownloadAway, ServerAway, TransientFailure
from pipelines.standalone import standalone_context

PATIENCE_S = 30  # of a test that would otherwise hang where it ought to fail
CONTENT = bytes(range(256)) * 12_000  # 3 MB: several chunks


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.server.refuses_with:
            self.send_response(self.server.refuses_with)
            self.send_header("Retry-After", "30")
            self.end_headers()
            return
        begin = int((self.headers["Range"] or "bytes=0-")[6:-1])
        self.server.asked.append(begin)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        self.end_headers()
        try:
            self.wfile.write(CONTENT[begin:])
        except ConnectionError:
            return  # the fetcher was cancelled

    def log_message(self, *args):
        return


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.asked, running.refuses_with = [], None
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def remote(server):
    return Remote(f"http://127.0.0.1:{server.server_port}/m.pt", hashlib.sha256(CONTENT).hexdigest())


def test_fetched_file_is_whole_and_its_progress_told(remote, tmp_path):
    told = []
    context = replace(standalone_context(tmp_path), progress=lambda fraction, note: told.append(fraction))

    fetch(remote, tmp_path / "m.pt", context)

    assert (tmp_path / "m.pt").read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_cancelled_fetch_is_gone_on_with(remote, server, tmp_path):
    def cancel():
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch(remote, tmp_path / "m.pt", replace(standalone_context(tmp_path), progress=lambda f, n: cancel()))
    assert not (tmp_path / "m.pt").exists()

    fetch(remote, tmp_path / "m.pt", standalone_context(tmp_path))

    assert (tmp_path / "m.pt").read_bytes() == CONTENT
    assert server.asked[1] > 0


def test_altered_file_is_thrown_away(remote, tmp_path):
    with pytest.raises(TransientFailure, match="SHA-256"):
        fetch(replace(remote, sha256="0" * 64), tmp_path / "m.pt", standalone_context(tmp_path))

    assert not list(tmp_path.glob("m.pt")) + list(tmp_path.glob("m.pt.part"))


def test_server_that_is_overloaded_is_away(remote, server, tmp_path):
    server.refuses_with = 503

    with pytest.raises(DownloadAway, match="not to be had for now") as told:
        fetch(remote, tmp_path / "m.pt", standalone_context(tmp_path))

    assert told.value.retry_after_s == 30.0


def test_server_that_refuses_the_file_is_there(remote, server, tmp_path):
    server.refuses_with = 404

    with pytest.raises(TransientFailure, match="404") as refused:
        fetch(remote, tmp_path / "m.pt", standalone_context(tmp_path))

    assert not isinstance(refused.value, ServerAway)


def test_server_that_does_not_answer_is_away(remote, server, tmp_path):
    server.server_close()

    with pytest.raises(DownloadAway, match="does not answer"):
        fetch(remote, tmp_path / "m.pt", standalone_context(tmp_path))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"this is no HTTP\r\n\r\n",
    ],
)
def test_answer_that_is_cut_short_or_garbled_is_a_failure_that_may_pass(answer, tmp_path):
    with answering(answer) as url, pytest.raises(TransientFailure, match=r"fetching m\.pt from .* failed") as failed:
        fetch(Remote(f"{url}/m.pt", "0" * 64), tmp_path / "m.pt", standalone_context(tmp_path))

    assert not isinstance(failed.value, ServerAway)
    assert not (tmp_path / "m.pt").exists()


def test_file_that_is_being_fetched_is_known_as_such_until_the_end(tmp_path):
    target = tmp_path / "m.pt"
    before = is_being_fetched(target)

    with alone(remains(target)[0], standalone_context(tmp_path)):
        during = is_being_fetched(target)

    assert (before, during, is_being_fetched(target)) == (False, True, False)


def test_who_waited_while_the_model_was_removed_is_alone_all_the_same(tmp_path):
    target = tmp_path / "m.pt"
    part, lock = remains(target)
    waits, looked = threading.Event(), threading.Event()

    def wait_and_hold():
        with alone(part, replace(standalone_context(tmp_path), progress=lambda fraction, note: waits.set())):
            assert looked.wait(PATIENCE_S)

    with ThreadPoolExecutor(1) as pool:
        with alone(part, standalone_context(tmp_path)):
            waiting = pool.submit(wait_and_hold)
            assert waits.wait(PATIENCE_S)
            lock.unlink()
        until(lambda: is_being_fetched(target), longest_s=PATIENCE_S)
        looked.set()
        waiting.result(PATIENCE_S)

    assert not is_being_fetched(target)
