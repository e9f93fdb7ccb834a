"""The published recognisers: where they are, and that only what was published comes into the models' folder."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.engines.fetching import Remote
from pipelines.engines.reading_scripts import RECOGNISERS, LineRecogniser, Script
from pipelines.errors import DownloadAway, TransientFailure
from pipelines.models.known import known_models
from pipelines.models.present import find_models, remove
from pipelines.standalone import standalone_context

CONTENT = b"weights" * 1000


class Publisher(BaseHTTPRequestHandler):
    """Gives everybody the same file."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def published() -> Iterator[LineRecogniser]:
    """A recogniser that a server of this machine publishes."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/runic_rec_mobile.onnx"
        yield LineRecogniser("runic", Remote(url, hashlib.sha256(CONTENT).hexdigest()))
        server.shutdown()
        thread.join()


def test_recogniser_is_fetched_once_into_the_folder_of_its_script(published: LineRecogniser, tmp_path: Path) -> None:
    context = standalone_context(tmp_path / "work", tmp_path / "models")
    first = published.ready(context)
    first.write_bytes(b"replaced by its owner")

    again = published.ready(context)

    assert first == again == tmp_path / "models" / "rapidocr" / "runic" / "runic_rec_mobile.onnx"
    assert again.read_bytes() == b"replaced by its owner"


def test_recogniser_of_another_checksum_is_thrown_away(published: LineRecogniser, tmp_path: Path) -> None:
    altered = replace(published, remote=replace(published.remote, sha256="0" * 64))

    with pytest.raises(TransientFailure, match=r"runic_rec_mobile\.onnx .* has the SHA-256"):
        altered.ready(standalone_context(tmp_path / "work", tmp_path / "models"))

    assert list(tmp_path.rglob("*.onnx")) == list(tmp_path.rglob("*.part")) == []


def test_server_that_does_not_answer_is_away(published: LineRecogniser, tmp_path: Path) -> None:
    nowhere = replace(published, remote=replace(published.remote, url="http://127.0.0.1:9/runic_rec_mobile.onnx"))

    with pytest.raises(DownloadAway, match="does not answer"):
        nowhere.ready(standalone_context(tmp_path / "work", tmp_path / "models"))


def test_every_script_but_the_package_s_own_has_a_known_model() -> None:
    known = known_models()

    told = {known[f"rapidocr/{script}"].licence for script in Script if script is not Script.DEFAULT}

    assert told == {"Apache-2.0"}
    assert all(known[recogniser.name].bring == recogniser.ready for recogniser in RECOGNISERS.values())


def test_recogniser_that_is_here_can_be_taken_away(tmp_path: Path) -> None:
    path = RECOGNISERS[Script.TAMIL].path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    here = find_models(tmp_path)["rapidocr/tamil"]

    remove(here, tmp_path)

    assert here.files == [path]
    assert not path.parent.exists()
    assert list(find_models(tmp_path)["rapidocr/tamil"].files) == []


def test_page_on_models_tells_every_file_by_its_script() -> None:
    page = (Path(__file__).parents[3] / "docs" / "models.md").read_text()
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.count("|") == 3]

    told = {script.split("`")[1]: file.strip(" `") for script, file in rows if ".onnx" in file}

    assert told == {script.value: recogniser.file_name for script, recogniser in RECOGNISERS.items()}


@pytest.mark.engine
def test_addresses_and_checksums_are_those_that_rapidocr_states() -> None:
    import rapidocr
    import yaml

    listed = yaml.safe_load((Path(rapidocr.__file__).parent / "default_models.yaml").read_text())["onnxruntime"]
    stated = {(model["model_dir"], model["SHA256"]) for version in listed.values() for model in version["rec"].values()}

    ours = {(one.remote.url, one.remote.sha256) for one in RECOGNISERS.values()}

    assert len(ours) == len(Script) - 1
    assert ours <= stated
