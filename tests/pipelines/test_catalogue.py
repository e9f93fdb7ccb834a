"""The catalogue: light to import, no name twice, every pipeline explained well enough to draw its form."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from pipelines.catalogue import Pipeline, catalogue, pipeline
from pipelines.contract import Context, Lane, NoParams, Run, Source
from pipelines.media.sound import MAX_DURATION_S

HEAVY = "torch numpy av cv2 whisper timm skimage onnxruntime transformers yake pypdf openai"
REQUIRED = {  # what no default can stand for
    "chat.reply": {"conversation": "an id", "reply": "another"},
    "memory.index": {"job": "the-job"},
    "text.answer": {"question": "Who keeps bees?"},
}


def test_importing_every_pipeline_loads_no_engine() -> None:
    script = (
        "import sys; from pipelines.catalogue import catalogue; assert catalogue();"
        f"print(*sorted(set('{HEAVY}'.split()) & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert told.stdout.split() == []


def test_text_pipelines_are_found_by_name() -> None:
    names = set(catalogue())

    assert {"text.summarize", "text.keywords", "text.embed", "text.answer"} <= names


def test_name_declared_in_two_modules_is_refused() -> None:
    def usurper(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        """Stand where another stands."""
        raise NotImplementedError

    declare = pipeline(name="text.embed", title="Usurper", lane=Lane.CPU, accepts=["text/plain"], params=NoParams)
    catalogue()

    with pytest.raises(ValueError, match=r"'text\.embed' is declared twice"):
        declare(usurper)


def test_pipeline_without_a_docstring_is_refused() -> None:
    def mute(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise NotImplementedError

    declare = pipeline(name="text.mute", title="Mute", lane=Lane.CPU, accepts=["text/plain"], params=NoParams)

    with pytest.raises(ValueError, match="has no docstring"):
        declare(mute)


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ({"time_limit_s": 0}, "has a time limit of 0 s"),
        ({"batch": 0}, "has batches of 0"),
        ({"run_many": lambda _: []}, "runs many at once but has batches of 1"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(numbers: dict[str, Any], refusal: str) -> None:
    def hasty(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        """Be done at once."""
        raise NotImplementedError

    declare = pipeline(
        name="text.hasty", title="Hasty", lane=Lane.CPU, accepts=["text/plain"], params=NoParams, **numbers
    )

    with pytest.raises(ValueError, match=f"'text.hasty' {refusal}"):
        declare(hasty)


@pytest.mark.parametrize("declared", catalogue().values(), ids=lambda declared: declared.name)
def test_every_parameter_has_a_title_a_description_and_a_valid_default(declared: Pipeline) -> None:
    schema = declared.params.model_json_schema()

    fields = schema.get("properties", {})
    unexplained = [name for name, field in fields.items() if not (_title(schema, field) and field.get("description"))]
    assert unexplained == []
    defaults = declared.params(**REQUIRED.get(declared.name, {}))
    assert declared.params.model_validate(defaults.model_dump()) == defaults


@pytest.mark.parametrize("declared", catalogue().values(), ids=lambda declared: declared.name)
def test_every_pipeline_has_help_and_a_name_of_its_kind(declared: Pipeline) -> None:
    module = declared.function.__module__

    assert declared.help
    assert declared.title
    assert module.startswith(f"pipelines.{declared.kind}.")


@pytest.mark.parametrize(
    ("media_type", "taken"), [("text/plain", True), ("application/pdf", True), ("image/png", False), ("", False)]
)
def test_pipeline_takes_what_it_accepts(media_type: str, taken: bool) -> None:
    answer = catalogue()["text.embed"].takes(media_type)

    assert answer is taken


def test_longest_recording_has_more_time_than_a_text_for_its_keywords() -> None:
    limits_s = {name: declared.time_limit_s for name, declared in catalogue().items() if declared.accepts}

    assert limits_s["audio.transcribe"] >= MAX_DURATION_S
    assert limits_s["text.keywords"] < 600
    assert max(limits_s, key=limits_s.__getitem__) == "audio.transcribe"


def _title(schema: dict[str, Any], field: dict[str, Any]) -> str:
    """The field's title; one of a fixed set is described beside the fields, where its title stands too."""
    described = schema.get("$defs", {}).get(field.get("$ref", "").rpartition("/")[2], {})
    return str(field.get("title") or described.get("title", ""))
