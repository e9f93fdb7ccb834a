"""The image pipelines as the catalogue shows them: light to list, and fit for a form."""

import subprocess
import sys

import pytest

from pipelines.catalogue import catalogue

NAMES = ["image.analyze", "image.compare", "image.embed", "image.enhance", "image.read"]


def test_listing_the_image_pipelines_loads_no_heavy_library() -> None:
    program = (
        "import sys; from pipelines.image import analyze, compare, embed, enhance, read\n"
        "print({'numpy', 'torch', 'cv2', 'PIL', 'skimage', 'timm', 'onnxruntime', 'rapidocr'} & set(sys.modules))"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert finished.stdout.strip() == "set()", finished.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_what_a_form_needs(name: str) -> None:
    schema = catalogue()[name].params.model_json_schema()

    told = {field: {"title", "description", "default"} - declared.keys() for field, declared in fields(schema).items()}

    assert told == {field: set() for field in told}


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_bounded(name: str) -> None:
    schema = catalogue()[name].params.model_json_schema()

    unbounded = [
        field
        for field, declared in fields(schema).items()
        if declared.get("type") in ("number", "integer") and not {"minimum", "maximum"} <= declared.keys()
    ]

    assert unbounded == []


@pytest.mark.parametrize(
    ("media_type", "taken"), [("image/jpeg", True), ("image/svg+xml", False), ("audio/wav", False)]
)
@pytest.mark.parametrize("name", NAMES)
def test_only_pictures_that_can_be_decoded_are_accepted(name: str, media_type: str, taken: bool) -> None:
    pipeline = catalogue()[name]

    accepted = pipeline.takes(media_type)

    assert accepted is taken


def fields(schema: dict[str, dict[str, dict[str, object]]]) -> dict[str, dict[str, object]]:
    return schema["properties"]
