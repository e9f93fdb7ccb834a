"""What is told about real pictures, with a classifier and without one."""

import json
from dataclasses import replace
from importlib.metadata import version
from math import inf
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from pydantic import ValidationError
from skimage import data
from support.hub_server import Repository, hub_of
from support.scarce_memory import loaded, run_out

from pipelines.catalogue import catalogue
from pipelines.contract import Context, PartKind
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.errors import BadInput, OutOfMemory
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource

URL = "https://example.org/ticket/42"
MEASURED_ONLY = {"labels": 0}


@pytest.fixture
def portrait() -> Image.Image:
    """A face, with a QR code stuck onto the lower right corner."""
    portrait = Image.fromarray(data.astronaut())
    code = zxingcpp.create_barcode(URL, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    portrait.paste(Image.fromarray(np.array(code)), (380, 380))
    return portrait


def test_face_and_code_are_found_where_they_are(portrait: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    [face], [code] = finished.result.body["faces"], finished.result.body["codes"]
    assert (face["x"] + face["width"] / 2, face["y"] + face["height"] / 2) == pytest.approx((224, 113), abs=25)
    assert (code["format"], code["text"]) == ("QR Code", URL)
    assert (code["box"]["x"], code["box"]["y"]) == pytest.approx((396, 396), abs=4)


def test_document_holds_what_the_result_says(portrait: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(portrait, "JPEG")

    finished = run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    output = finished.output("analysis.json")
    assert output.media_type == "application/vnd.triptych.image-analysis+json"
    assert json.loads(output.path.read_text()) == finished.result.body
    assert (finished.result.body["format"], finished.result.body["width_px"]) == ("JPEG", 512)


def test_overlay_shows_the_picture_the_findings_and_a_legend(
    portrait: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    with Image.open(finished.output("overlay.png").path) as overlay:
        shown = np.asarray(overlay.convert("RGB")).astype(int)
    margin = (shown.shape[1] - 512) // 2
    changed = np.abs(shown[:512, margin : margin + 512] - np.asarray(portrait)).sum(axis=2) > 0
    assert shown.shape[0] > 512
    assert changed[60:170, 170:280].any()
    assert not changed[:40, :100].any()


def test_without_weights_there_are_no_labels_and_a_warning_says_why(
    portrait: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], {"classifier": "resnet50"}, context)

    assert (finished.parts, finished.result.body["labels"]) == ((), [])
    assert (finished.result.engine.name, finished.result.engine.model) == ("scikit-image", "measurements")
    [warning] = finished.result.warnings
    assert "resnet50.safetensors" in warning


def test_no_labels_asked_for_is_nothing_to_warn_of(
    portrait: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    assert finished.result.warnings == ()


def test_what_of_the_file_was_left_out_is_warned_of(as_source: AsSource, context: Context) -> None:
    first, second = Image.new("RGB", (40, 30), "teal"), Image.new("RGB", (40, 30), "white")
    source = as_source(first, "GIF", save_all=True, append_images=[second])

    finished = run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    assert finished.result.warnings == ("The file holds several frames: only the first was used.",)


def test_reader_of_heic_is_part_of_what_a_result_is_made_by(tmp_path: Path) -> None:
    declared = catalogue()["image.analyze"]
    assert declared.made_by is not None

    told = declared.made_by(declared.params.model_validate(MEASURED_ONLY), Surroundings(tmp_path, NoNetwork()))

    assert f"pillow-heif={version('pillow-heif')}" in told.split()


def test_faces_and_codes_can_be_left_out(portrait: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], {**MEASURED_ONLY, "faces": False, "codes": False}, context)

    assert (finished.result.body["faces"], finished.result.body["codes"]) == ([], [])


@pytest.mark.parametrize("asked", [False, True])
def test_place_is_told_only_when_asked_for(asked: bool, as_source: AsSource, context: Context) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Example Cameras"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0), 3: "W", 4: (11.0, 30.0, 0.0)})
    source = as_source(Image.new("RGB", (64, 48), "teal"), "JPEG", exif=exif)

    finished = run_pipeline("image.analyze", [source], {**MEASURED_ONLY, "location": asked}, context)

    place = {"GPSLatitude": 48.208333, "GPSLongitude": -11.5} if asked else {}
    assert finished.result.body["exif"] == {"Make": "Example Cameras", **place}
    assert ("GPS" in finished.output("analysis.json").path.read_text()) is asked


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 900), (900, 1), (5, 5)])
def test_smallest_pictures_are_measured(size: tuple[int, int], as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("RGB", size, (10, 200, 30)))

    finished = run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    assert finished.result.body["colours"] == [{"hex": "#0ac81e", "share": 1.0}]


def test_broken_picture_is_bad_media_and_leaves_nothing(
    portrait: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(portrait)
    source.path.write_bytes(source.path.read_bytes()[:5000])

    with pytest.raises(BadInput) as refused:
        run_pipeline("image.analyze", [source], MEASURED_ONLY, context)

    assert refused.value.code == "bad_media"
    assert list(context.workdir.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "hf-hub:someone/model", "Name", "a/b", ""])
def test_classifier_name_is_never_a_path_or_an_address(name: str, as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("RGB", (4, 4)))

    with pytest.raises(ValidationError):
        run_pipeline("image.analyze", [source], {"classifier": name}, context)


@pytest.mark.engine
def test_labels_come_from_the_weights_on_disk(
    portrait: Image.Image, as_source: AsSource, context: Context, tiny_weights: Path
) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], {"classifier": tiny_weights.stem, "labels": 3}, context)

    labels = finished.result.body["labels"]
    [part] = finished.parts
    assert (part.kind, part.body) == (PartKind.LABELS, {"labels": labels})
    assert len({label["label"] for label in labels}) == 3
    assert 0 < sum(label["score"] for label in labels) <= 1
    assert [label["score"] for label in labels] == sorted((label["score"] for label in labels), reverse=True)
    assert (finished.result.engine.name, finished.result.engine.model) == ("timm", "test_vit")
    assert finished.result.warnings == ()


@pytest.mark.engine
def test_labels_for_which_there_is_no_memory_are_no_answer_without_labels(
    as_source: AsSource, context: Context, tiny_weights: Path
) -> None:
    cache, params = BoundedModelCache(), {"classifier": tiny_weights.stem}
    ours, source = replace(context, models=cache), as_source(Image.new("RGB", (64, 48), "teal"))
    run_pipeline("image.analyze", [source], params, ours)
    run_out(loaded(cache, "timm").model.patch_embed, times=inf)

    with pytest.raises(OutOfMemory, match="not enough memory"):
        run_pipeline("image.analyze", [source], params, ours)


class Reachable:
    """A network on which every host answers."""

    def reachable(self, host: str, port: int = 443) -> bool:
        return True


@pytest.mark.engine
def test_labels_that_a_failing_hub_costs_may_be_had_another_time(
    as_source: AsSource, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    online = replace(context, network=Reachable())
    source = as_source(Image.new("RGB", (64, 48), "teal"))

    with hub_of(Repository("timm/resnet18.a1_in1k", {})) as hub:
        hub.status = 500
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        finished = run_pipeline("image.analyze", [source], {"classifier": "resnet18"}, online)

    [warning] = finished.result.warnings
    assert warning.startswith("No labels were given (")
    assert "500" in warning
    assert not finished.result.is_whole


@pytest.mark.engine
def test_broken_weights_cost_the_labels_and_nothing_else(
    portrait: Image.Image, as_source: AsSource, context: Context, tiny_weights: Path
) -> None:
    tiny_weights.rename(tiny_weights.with_name("test_resnet.safetensors"))
    source = as_source(portrait)

    finished = run_pipeline("image.analyze", [source], {"classifier": "test_resnet"}, context)

    assert finished.result.body["labels"] == []
    assert "do not fit test_resnet" in finished.result.warnings[0]
    assert len(finished.result.body["faces"]) == 1
