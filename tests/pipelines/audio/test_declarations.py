"""The audio pipelines as the catalogue shows them: light to list, and fit for a form."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from pipelines.catalogue import catalogue

NAMES = ["audio.analyze", "audio.convert", "audio.listen", "audio.speak", "audio.transcribe"]


def test_listing_the_audio_pipelines_loads_no_heavy_library():
    program = (
        "import sys, pipelines.audio.analyze, pipelines.audio.convert\n"
        "import pipelines.audio.listen, pipelines.audio.speak, pipelines.audio.transcribe\n"
        "print({'numpy', 'torch', 'av', 'whisper', 'pocketsphinx', 'pydub', 'gtts'} & set(sys.modules))"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert finished.stdout.strip() == "set()", finished.stderr


@pytest.mark.parametrize("name", ["audio.transcribe", "audio.listen"])
def test_subtitles_that_are_to_last_longer_than_they_may_are_refused(name):
    with pytest.raises(ValidationError, match="cue_shortest_s 5 is above cue_longest_s 2: lower it"):
        catalogue()[name].params(cue_shortest_s=5, cue_longest_s=2)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_what_a_form_needs(name):
    fields = catalogue()[name].params.model_json_schema()["properties"]

    lacking = {field: {"title", "description", "default"} - declared.keys() for field, declared in fields.items()}

    assert lacking == {field: set() for field in fields}


@pytest.mark.parametrize(
    ("name", "field", "choices"),
    [
        ("audio.convert", "format", ["wav", "mp3", "ogg", "flac"]),
        ("audio.speak", "voice", ["default", "f1", "f2", "f3"]),
        ("audio.transcribe", "size", ["tiny.en", "tiny", "base.en", "base"]),
        ("audio.transcribe", "task", ["transcribe", "translate"]),
    ],
)
def test_choices_stand_in_the_field_itself(name, field, choices):
    schema = catalogue()[name].params.model_json_schema()

    declared = schema["properties"][field]

    assert declared["type"] == "string"
    assert declared["enum"][: len(choices)] == choices
    assert "$defs" not in schema
