"""What a model of voices is given: models made here whose vector is what went into them."""

import numpy as np
import pytest
from checkpoints.onnx_file import Graph

from pipelines.engines.voice_printing import load_printer
from pipelines.errors import EngineUnavailable
from pipelines.media.filter_bank import BANDS, Taper, filter_bank

pytestmark = pytest.mark.engine

SPEECH = np.random.default_rng(4).normal(0, 0.1, 24_000).astype(np.float32)


@pytest.fixture
def model(tmp_path):
    """A file of a model that gives back its frames one after the other."""

    def model(name, bands=BANDS, **metadata):
        graph = Graph()
        graph.node("Flatten", [name], "out", axis=1)
        path = tmp_path / "mirror.onnx"
        path.write_bytes(graph.model((name, ("B", "T", bands)), ("out", ("B", "D")), metadata))
        return path

    return model


def frames(samples, taper):
    bands = filter_bank(samples, taper)
    return (bands - bands.mean(axis=0)).reshape(-1)


@pytest.mark.parametrize(
    ("name", "metadata", "scale", "taper"),
    [
        ("feats", {}, 32768, Taper.HAMMING),
        ("feats", {"framework": "wespeaker", "normalize_samples": "0"}, 32768, Taper.HAMMING),
        ("x", {"framework": "3d-speaker", "normalize_samples": "1", "sample_rate": "16000"}, 1, Taper.POVEY),
        ("x", {}, 1, Taper.POVEY),
    ],
)
def test_model_is_given_what_it_was_trained_on(model, name, metadata, scale, taper):
    printer = load_printer(model(name, **metadata))

    assert printer.print(SPEECH) == pytest.approx(frames(SPEECH * np.float32(scale), taper), abs=1e-4)


@pytest.mark.parametrize(
    ("bands", "metadata", "why"),
    [
        (40, {}, "does not take frames of 80 bands"),
        (BANDS, {"sample_rate": "8000"}, "wants 8000 samples a second, not 16000"),
    ],
)
def test_model_that_wants_something_else_is_refused(model, bands, metadata, why):
    with pytest.raises(EngineUnavailable, match=why):
        load_printer(model("feats", bands, **metadata))


def test_result_names_the_file(model):
    used = load_printer(model("feats")).used

    assert (used.name, used.model) == ("voice-prints", "mirror")
