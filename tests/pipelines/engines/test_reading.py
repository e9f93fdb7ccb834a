"""What a reader tells of a line, and the honesty of the engine about itself."""

from pathlib import Path

import pytest

from pipelines.engines.network import NoNetwork
from pipelines.engines.reading import reading_engines
from pipelines.engines.selection import Surroundings, choose
from pipelines.engines.text_line import Line
from pipelines.errors import EngineUnavailable


def test_box_is_the_upright_rectangle_around_a_slanted_line() -> None:
    line = Line("slanted", 0.98765, ((0.0, 10.4), (400.0, 0.0), (400.0, 20.0), (0.0, 30.0)))

    body = line.body()

    assert body == {"text": "slanted", "confidence": 0.9877, "box": {"x": 0, "y": 0, "width": 400, "height": 30}}


def test_reading_is_available_without_weights_and_without_a_network(tmp_path: Path) -> None:
    surroundings = Surroundings(tmp_path, NoNetwork())

    choice = choose(reading_engines(), surroundings)

    assert (choice.engine.name, choice.warnings) == ("rapidocr", ())


def test_unknown_engine_is_refused_by_name(tmp_path: Path) -> None:
    surroundings = Surroundings(tmp_path, NoNetwork())

    with pytest.raises(EngineUnavailable, match=r"'tesseract'.*rapidocr"):
        choose(reading_engines(), surroundings, "tesseract")
