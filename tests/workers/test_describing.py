"""fusion.describe through the executor: models hear, read and label on their own lanes, and one answer comes of it."""

import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkpoints.spoken_digits import RATE_HZ, recited
from PIL import Image, ImageDraw, ImageFont
from support.answer_servers import Script, serving
from support.families import children_of
from support.lanes import work_off
from support.stores import with_settings
from support.work import OWNER

from pipelines.catalogue import catalogue
from pipelines.contract import Lane
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.image.analyze import DEFAULT_MODEL
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs.job import Job
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store

pytestmark = [pytest.mark.redis, pytest.mark.engine]

CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"
DESCRIBE = catalogue()["fusion.describe"]
SLOTS = {Lane.NET: 1, Lane.CPU: 1, Lane.GPU: 1}
MEDIA_TYPES = {".wav": "audio/wav", ".png": "image/png", ".txt": "text/plain"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A call that says a number, a sign that shows it, and a note."""
    folder = tmp_path_factory.mktemp("files")
    [phrase] = recited([("en", (3, 1, 4, 2))])
    with wave.open(str(folder / "call.wav"), "wb") as call:
        call.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        call.writeframes((phrase.samples * 32_000).astype("<i2").tobytes())
    sign = Image.new("RGB", (600, 120), "white")
    ImageDraw.Draw(sign).text((40, 30), "The gate code is 3142", font=ImageFont.load_default(40), fill="black")
    sign.save(folder / "sign.png")
    (folder / "note.txt").write_text("The gate of the harbour is locked at ten.")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def models() -> BoundedModelCache:
    """Loaded once for the runs on both databases."""
    return BoundedModelCache()


@pytest.fixture
def equipped(store: Store, digit_models: Path, tmp_path: Path) -> Iterator[Store]:
    """The store with weights that hear digits and label shapes, and a model that answers."""
    shutil.copytree(digit_models, tmp_path / "models")
    shutil.copytree(CHECKPOINTS / "shapes", tmp_path / "models" / "timm" / DEFAULT_MODEL)
    with serving(Script(["3142: it is said [1] and ", "written [3]."])) as script:
        changes = {"models_dir": tmp_path / "models", "answer_url": script.url, "answer_model": "tiny-chat"}
        yield with_settings(store, **changes)


def a_description(store: Store, files: list[Path]) -> Job:
    new = [_kept(store, path) for path in files]
    params = DESCRIBE.params.model_validate({"question": "What is the code?", "size": "tiny"}).model_dump(mode="json")
    return submit(store, Submission(OWNER, DESCRIBE, params, new_files=new, remember=False))


def _kept(store: Store, path: Path) -> File:
    blob = store.blobs.keep(store.blobs.receive([path.read_bytes()], path.stat().st_size))
    name, media_type = path.name, MEDIA_TYPES[path.suffix]
    return File(new_id(), OWNER, name, media_type, blob.size_bytes, blob.sha256, store.clock())


def test_one_answer_comes_of_sound_pictures_and_words(
    equipped: Store, files: list[Path], models: BoundedModelCache
) -> None:
    job = a_description(equipped, files)

    work_off(equipped, SLOTS, *catalogue().values(), models=models)

    done = get_job(equipped, OWNER, job.id)
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)
    assert done.result is not None
    said, written = done.result["citations"]
    assert (said["name"], said["text"], 0 <= said["start_s"] < said["end_s"]) == (
        "call.wav",
        "three one four two",
        True,
    )
    assert (written["name"], "3142" in written["text"], written["kind"]) == ("sign.png", True, "line")
    children = children_of(equipped, job)
    assert [child.pipeline for child in children] == ["audio.transcribe", "image.read", "image.analyze"]
    assert {child.state for child in children} == {JobState.SUCCEEDED}
    assert [output.name for output in done.outputs] == ["answer.md", "context.json"]


def test_a_cancel_while_it_waits_leaves_nothing_to_be_heard_or_read(equipped: Store, files: list[Path]) -> None:
    job = a_description(equipped, files)
    work_off(equipped, {Lane.NET: 1}, *catalogue().values())

    cancel(equipped, OWNER, job.id)
    work_off(equipped, SLOTS, *catalogue().values())

    assert {child.state for child in children_of(equipped, job)} == {JobState.CANCELLED}
    assert [child.attempt for child in children_of(equipped, job)] == [0] * 3
