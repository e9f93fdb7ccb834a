"""Models taken from the disk over REST: in every form, and nothing that is not theirs."""

import pytest
from support.models import MODELS, told
from support.random_bert import save_random_bert

from pipelines.engines.fetching import alone
from pipelines.standalone import standalone_context


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
