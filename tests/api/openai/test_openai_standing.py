"""A call that goes on when its key is gone ends in the shape of OpenAI's errors, and so does its job."""

from concurrent.futures import ThreadPoolExecutor

import openai
import pytest
from support.accounts import acting
from support.answer_servers import Script, serving
from support.stores import with_settings
from support.until import until
from support.working import working

from api import EXTENSION
from pipelines.catalogue import catalogue
from triptych.accounts.keys import list_keys, revoke_key
from triptych.accounts.users import list_users

ADA = "ada"
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def ada(sdk_of):
    return sdk_of(ADA)


@pytest.fixture
def user(ada, sqlite_store):
    [user] = list_users(sqlite_store, None, 2)
    return user


@pytest.fixture
def revoked(accounts, sqlite_store, user):
    """Have the only key revoked and that noticed."""

    def revoke():
        [key] = list_keys(sqlite_store, user.id)
        revoke_key(sqlite_store, user.id, acting(user), key.id)
        accounts.extensions[EXTENSION].standing.look()

    return revoke


@pytest.fixture
def chats(sqlite_store, user):
    """Have chats answered by the server that plays ``script``, for a block; what is yielded tells the newest job."""

    def chats(script):
        store = with_settings(sqlite_store, answer_url=script.url, answer_model="tiny-chat", offline=False)
        return working(store, user.id, catalogue()["text.chat"])

    return chats


def test_a_stream_ends_with_an_error_that_the_sdk_raises(ada, chats, revoked):
    script = Script(["Good day."], never_ends=True)

    with serving(script), chats(script) as newest:
        coming = ada.chat.completions.create(model="tiny-chat", messages=HELLO, stream=True)
        begun = [next(coming), next(coming)]
        revoked()
        with pytest.raises(openai.APIError, match="no more") as refused:
            list(coming)
        job = until(lambda: newest() if newest().is_finished else None)

    assert begun[1].choices[0].delta.content == "Good day."
    assert (refused.value.code, refused.value.type) == ("unauthenticated", "invalid_request_error")
    assert job.state == "cancelled"


def test_a_call_that_is_not_streamed_is_refused(accounts, ada, chats, revoked):
    script = Script(["Good "], never_ends=True)

    with serving(script), chats(script) as newest, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ada.chat.completions.create, model="tiny-chat", messages=HELLO)
        until(lambda: script.asked)
        revoked()
        with pytest.raises(openai.AuthenticationError, match="no more"):
            asked.result()
        job = until(lambda: newest() if newest().is_finished else None)

    assert job.state == "cancelled"
