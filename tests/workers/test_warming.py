"""What a worker's process loads before its first job."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs
from support.until import until

from pipelines.catalogue import catalogue
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from triptych.settings import Settings
from workers.seat import Seat
from workers.warming import models_for, warm_all

TEXT, OCR, SPEECH = "minilm/all-MiniLM-L6-v2", "rapidocr/PP-OCRv6-small", "whisper/base"


@pytest.mark.parametrize(
    ("lanes", "models"),
    [(("cpu",), [OCR]), (("gpu",), [TEXT, SPEECH]), (("cpu", "gpu"), [OCR, TEXT, SPEECH]), (("net",), [])],
)
def test_worker_warms_the_models_of_its_own_lanes(tmp_path: Path, lanes, models) -> None:
    settings = Settings(home=tmp_path, warm=f"{OCR},{TEXT},{SPEECH}")

    chosen = models_for(lanes, settings, catalogue())

    assert chosen == models


@pytest.mark.engine
def test_model_that_cannot_be_loaded_is_logged_and_the_next_one_is_warmed(tmp_path: Path) -> None:
    settings, models = Settings(home=tmp_path), BoundedModelCache()

    with capture_logs() as logs:
        warm_all([SPEECH, OCR], models, settings, NoNetwork())

    assert [(line["event"], line["model"]) for line in logs] == [("not warmed", SPEECH), ("warmed", OCR)]
    assert models.keys() == (OCR,)


def test_model_for_which_no_room_is_left_is_not_warmed(tmp_path: Path) -> None:
    settings, models = Settings(home=tmp_path, model_bytes=1 << 20), BoundedModelCache(1 << 20)
    models.get("held", lambda: "a model", lambda _: 1 << 19)

    with capture_logs() as logs:
        warm_all([OCR], models, settings, NoNetwork())

    assert [line["event"] for line in logs] == ["not warmed: TRIPTYCH_MODEL_BYTES leaves no room"]
    assert models.keys() == ("held",)


@pytest.mark.engine
@pytest.mark.redis
def test_process_that_takes_its_seat_loads_them_before_any_job(settings: Settings) -> None:
    seat = Seat(settings.model_copy(update={"warm": OCR}), catalogue())
    seat.take("cpu@here", ("cpu", "gpu"))

    seat.begin()

    until(lambda: seat.executor.models.keys() == (OCR,))
