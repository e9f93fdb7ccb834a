"""Reading other scripts, each by a recogniser of its own, and what is told where that is missing."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from support.onnx_dictionary import with_dictionary

from pipelines.catalogue import catalogue
from pipelines.contract import Context
from pipelines.engines.network import NoNetwork
from pipelines.engines.rapid_ocr_models import RECOGNITION, bundled
from pipelines.engines.reading import reading_engines
from pipelines.engines.reading_scripts import RECOGNISERS, Script
from pipelines.engines.selection import Surroundings, choose
from pipelines.errors import DownloadAway, EngineUnavailable
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource

LINES = ["Harbour office report", "Total due", "1284.50"]
ARABIC_LETTERS = str.maketrans({chr(ord("a") + n): chr(0x0628 + n) for n in range(18)})  # a to r: beh to ghain


@dataclass(frozen=True)
class DeadNetwork:
    """A network on which nobody answers for now."""

    def reachable(self, host: str, port: int = 443) -> bool:
        return False


def put(script: Script, content: bytes, models_dir: Path) -> Path:
    path = RECOGNISERS[script].path(models_dir)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def told_by(script: str, models_dir: Path) -> str:
    declared = catalogue()["image.read"]
    assert declared.made_by is not None
    return declared.made_by(declared.params.model_validate({"script": script}), Surroundings(models_dir, NoNetwork()))


@pytest.mark.engine
def test_script_is_read_by_the_recogniser_that_lies_in_its_folder(
    page: Image.Image, as_source: AsSource, context: Context
) -> None:
    put(Script.CYRILLIC, bundled(RECOGNITION).read_bytes(), context.models_dir)

    finished = run_pipeline("image.read", [as_source(page)], {"script": "cyrillic"}, context)

    assert [part.body["text"] for part in finished.parts] == LINES
    assert finished.result.engine.model == "cyrillic_PP-OCRv5_rec_mobile"
    assert list(finished.result.warnings) == []


@pytest.mark.engine
def test_text_from_the_right_comes_as_it_is_spoken(as_source: AsSource, context: Context) -> None:
    arabic = with_dictionary(bundled(RECOGNITION).read_bytes(), lambda characters: characters.translate(ARABIC_LETTERS))
    put(Script.ARABIC, arabic, context.models_dir)
    page = Image.new("RGB", (900, 300), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(40)
    for place, seen in (((40, 40), "edib a on (dim 12.50)"), ((40, 180), "eno"), ((560, 180), "pilf kcalb")):
        draw.text(place, seen, font=font, fill="black")

    finished = run_pipeline("image.read", [as_source(page)], {"script": "arabic"}, context)

    spoken = ["(12.50 mid) no a bide", "black flip", "one"]
    assert [part.body["text"] for part in finished.parts] == [line.translate(ARABIC_LETTERS) for line in spoken]


@pytest.mark.engine
def test_latin_without_its_recogniser_is_read_by_the_package_s_with_a_warning(
    page: Image.Image, as_source: AsSource, context: Context
) -> None:
    finished = run_pipeline("image.read", [as_source(page)], {"script": "latin"}, context)

    [warning] = finished.result.warnings
    assert "latin_PP-OCRv5_rec_mobile.onnx" in warning
    assert "rapidocr/latin" in warning
    assert [part.body["text"] for part in finished.parts] == LINES
    assert finished.result.engine.model == "PP-OCRv6 small"


@pytest.mark.parametrize("script", [one for one in RECOGNISERS if not one.is_read_by_default])
def test_script_that_nobody_here_knows_is_refused(
    script: Script, page: Image.Image, as_source: AsSource, context: Context
) -> None:
    with pytest.raises(EngineUnavailable) as refused:
        run_pipeline("image.read", [as_source(page)], {"script": script.value}, context)

    assert f"no {RECOGNISERS[script].file_name} in the models' folder rapidocr/{script}" in refused.value.message


def test_job_waits_while_the_server_of_a_recogniser_is_away(
    page: Image.Image, as_source: AsSource, context: Context
) -> None:
    with pytest.raises(DownloadAway, match=r"www\.modelscope\.cn cannot be reached"):
        run_pipeline("image.read", [as_source(page)], {"script": "thai"}, replace(context, network=DeadNetwork()))


@pytest.mark.engine
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda model: with_dictionary(model, lambda _: ""), "0 characters in its dictionary, too few"),
        (lambda model: with_dictionary(model, lambda characters: characters[:99]), "too few for its outputs"),
        (lambda model: model[:5000], "cannot be loaded"),
        (lambda _: b"", "cannot be loaded"),
    ],
    ids=["without a dictionary", "half a dictionary", "cut off", "empty"],
)
def test_file_that_is_no_recogniser_is_named(
    spoil: Callable[[bytes], bytes], why: str, page: Image.Image, as_source: AsSource, context: Context
) -> None:
    put(Script.KOREAN, spoil(bundled(RECOGNITION).read_bytes()), context.models_dir)

    with pytest.raises(EngineUnavailable, match=f"korean_PP-OCRv5_rec_mobile.onnx in rapidocr/korean .*{why}"):
        run_pipeline("image.read", [as_source(page)], {"script": "korean"}, context)


@pytest.mark.engine
def test_reader_that_is_ready_needs_its_file_no_longer(page: Image.Image, context: Context) -> None:
    path = put(Script.TELUGU, bundled(RECOGNITION).read_bytes(), context.models_dir)
    engine = choose(reading_engines(Script.TELUGU), Surroundings(context.models_dir, NoNetwork())).engine
    reader = engine.make()(context)
    path.unlink()

    lines = list(reader.read(page, reader.regions(page, 900)))

    assert {line.text for line in lines} == set(LINES)


def test_script_changes_what_a_result_is_made_by(tmp_path: Path) -> None:
    put(Script.GREEK, b"weights", tmp_path)

    default, greek, latin, thai = (told_by(script, tmp_path) for script in ("default", "greek", "latin", "thai"))

    assert "rapidocr" in default.split()
    assert "model=el_PP-OCRv5_rec_mobile" in greek.split()
    assert latin == default
    assert thai.split()[0] == "nobody"


def test_replaced_recogniser_changes_what_a_result_is_made_by(tmp_path: Path) -> None:
    path = put(Script.GREEK, b"weights", tmp_path)
    before = told_by("greek", tmp_path)
    os.utime(path, ns=(0, 1))

    after = told_by("greek", tmp_path)

    assert before != after
