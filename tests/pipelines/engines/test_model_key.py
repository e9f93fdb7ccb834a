"""What a loaded model is kept under."""

import os
from pathlib import Path

from pipelines.engines.model_key import key_of, name_of, without_stamp


def test_key_changes_with_the_size_and_the_time_of_a_file_and_begins_with_the_name(tmp_path: Path) -> None:
    weights = tmp_path / "m.pt"
    keys = [key_of("whisper/base", [weights], "cpu")]
    weights.write_bytes(b"123")
    keys.append(key_of("whisper/base", [weights], "cpu"))
    os.utime(weights, ns=(0, 1))
    keys.append(key_of("whisper/base", [weights], "cpu"))

    assert len(set(keys)) == 3
    assert {name_of(key) for key in keys} == {"whisper/base"}
    assert {without_stamp(key) for key in keys} == {"whisper/base@cpu"}


def test_key_of_a_model_that_nobody_replaces_is_its_name() -> None:
    assert (name_of("rapidocr/small"), without_stamp("rapidocr/small")) == ("rapidocr/small", "rapidocr/small")
