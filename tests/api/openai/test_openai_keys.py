"""Keys of the house, as OpenAI's SDK sends them; and one owner's files and batches, which nobody else has."""

import httpx2
import openai
import pytest
from support.accounts import an_account, house_settings, key_headers

ADA, BO = "ada", "bo"
LINES = b'{"custom_id": "a"}\n'


@pytest.fixture
def sdk_of(settings, sqlite_store, make_client):
    """A client with the key of somebody in a house with accounts."""
    app = make_client(house_settings(settings), sqlite_store).application
    users = {name: an_account(sqlite_store, name) for name in (ADA, BO)}
    clients = []

    def sdk(name, *scopes):
        secret = key_headers(sqlite_store, users[name], *scopes)["Authorization"].removeprefix("Bearer ")
        http = httpx2.Client(transport=httpx2.WSGITransport(app=app))
        clients.append(openai.OpenAI(base_url="http://localhost/v1", api_key=secret, max_retries=0, http_client=http))
        return clients[-1]

    yield sdk
    for client in clients:
        client.close()


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
