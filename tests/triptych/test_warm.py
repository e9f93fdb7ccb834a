"""A process whose models to warm are unknown does not start."""

from pathlib import Path

import pytest

from triptych.settings import BadSettings, Settings
from triptych.warm import refuse_unknown_models


def test_unknown_model_is_refused_with_its_name(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, warm="whisper/base, whisper/gigantic")

    with pytest.raises(BadSettings, match=r"TRIPTYCH_WARM=.*no model is called 'whisper/gigantic'"):
        refuse_unknown_models(settings)


def test_known_models_are_let_pass(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, warm="whisper/base,, rapidocr/PP-OCRv6-small,whisper/base")

    refuse_unknown_models(settings)

    assert settings.warm_models == ("whisper/base", "rapidocr/PP-OCRv6-small")
