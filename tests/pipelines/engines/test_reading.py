"""The order in which regions of text are read, and the honesty of the engine about itself."""

from pathlib import Path

import pytest

from pipelines.engines.network import NoNetwork
from pipelines.engines.reading import in_reading_order, reading_engines
from pipelines.engines.selection import Surroundings, choose
from pipelines.engines.text_line import Line, Region
from pipelines.errors import EngineUnavailable


def region(x: float, y: float, width: float = 100, height: float = 20) -> Region:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def test_regions_are_read_row_by_row_and_from_the_left() -> None:
    title, left, right, last = region(50, 0), region(0, 40), region(300, 36), region(0, 80)

    ordered = in_reading_order([last, right, title, left])

    assert ordered == [title, left, right, last]


def test_slanted_lines_below_each_other_stay_rows_of_their_own() -> None:
    upper = ((0.0, 10.0), (400.0, 0.0), (400.0, 20.0), (0.0, 30.0))
    lower = ((0.0, 50.0), (400.0, 40.0), (400.0, 60.0), (0.0, 70.0))

    ordered = in_reading_order([lower, upper])

    assert ordered == [upper, lower]


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
