import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipelines.engines.fetching import Remote, fetch
from pipelines.engines.hub import Brought
from pipelines.engines.selection import Capability
from pipelines.errors import BadInput, EngineUnavailable
from pipelines.models.known import KnownModel
from pipelines.models.pull import brought
from pipelines.standalone import run_pipeline, standalone_context

CONTENT = b"weights" * 1000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *args):
        return


class Online:
    def reachable(self, host, port=443):
        return True


@pytest.fixture
def published(tmp_path):
    """A model that a server of this machine publishes."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        remote = Remote(f"http://127.0.0.1:{running.server_port}/m.pt", hashlib.sha256(CONTENT).hexdigest())
        path = tmp_path / "models" / "test" / "m.pt"
        yield KnownModel(
            "test/m",
            Capability.LABEL,
            "test",
            "MIT",
            find=lambda _: [path] if path.is_file() else [],
            bring=lambda context: fetch(remote, path, context),
        )
        running.shutdown()
        thread.join()


def test_model_is_brought_and_its_files_told(published, tmp_path):
    context = replace(standalone_context(tmp_path), network=Online())

    result = brought(published, context)

    assert result.body == {"name": "test/m", "files": ["m.pt"], "size_bytes": len(CONTENT)}
    assert (tmp_path / "models" / "test" / "m.pt").read_bytes() == CONTENT


def test_file_that_nobody_vouches_for_is_warned_of(published, tmp_path):
    unverified = replace(published, bring=lambda _: Brought((), ("config.json",)))

    result = brought(unverified, replace(standalone_context(tmp_path), network=Online()))

    assert "no checksum of config.json" in result.warnings[0]


def test_machine_that_is_told_to_stay_offline_brings_nothing(published, tmp_path):
    with pytest.raises(EngineUnavailable, match="put the weights of test/m into the models' folder"):
        brought(published, standalone_context(tmp_path))


def test_weights_that_were_put_there_by_hand_are_left_as_they_are(tmp_path):
    weights = tmp_path / "models" / "whisper" / "base.pt"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"mine")

    finished = run_pipeline("models.pull", [], {"name": "whisper/base"}, standalone_context(tmp_path))

    assert finished.result.body["size_bytes"] == 4
    assert weights.read_bytes() == b"mine"


def test_unknown_model_is_named(tmp_path):
    with pytest.raises(BadInput, match="no model is called 'whisper/gigantic'"):
        run_pipeline("models.pull", [], {"name": "whisper/gigantic"}, standalone_context(tmp_path))
