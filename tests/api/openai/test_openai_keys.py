"""Keys of the house, as OpenAI's SDK sends them; and one owner's files and batches, which nobody else has."""

import openai
import pytest

ADA, BO = "ada", "bo"
LINES = b'{"custom_id": "a"}\n'


def test_key_that_is_none_is_refused_as_openai_does(sdk_of):
    stranger = sdk_of(ADA).with_options(api_key="sk-of-somebody-else")

    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.models.list()

    assert refused.value.type == "invalid_request_error"


def test_key_that_may_only_read_lists_models_and_brings_nothing(sdk_of):
    reader = sdk_of(ADA, "openai:read")

    assert reader.models.list().data
    with pytest.raises(openai.PermissionDeniedError):
        reader.files.create(file=("calls.jsonl", LINES), purpose="batch")


def test_files_and_batches_of_others_are_not_there(sdk_of):
    ada, bo = sdk_of(ADA), sdk_of(BO)
    file = ada.files.create(file=("calls.jsonl", LINES), purpose="batch")
    asked = {"endpoint": "/v1/embeddings", "completion_window": "24h"}
    batch = ada.batches.create(input_file_id=file.id, **asked)

    for look in (
        lambda: bo.files.retrieve(file.id),
        lambda: bo.files.content(file.id),
        lambda: bo.files.delete(file.id),
        lambda: bo.files.content(f"file-{batch.id.removeprefix('batch_')}-output"),
        lambda: bo.batches.retrieve(batch.id),
        lambda: bo.batches.cancel(batch.id),
        lambda: bo.batches.create(input_file_id=file.id, **asked),
    ):
        with pytest.raises(openai.NotFoundError):
            look()
    assert bo.files.list().data == []
    assert bo.batches.list().data == []
