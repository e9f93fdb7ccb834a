"""Under the real server: who is sent away while they listen or record, and what becomes of the recording."""

import json
import shutil
import wave
from contextlib import closing
from io import BytesIO
from urllib.request import Request, urlopen

import pytest
import websocket
from support.accounts import acting, an_account, key_headers, signed_in
from support.api_process import served_api
from support.listening import SOUND, begun
from support.live_client import live_client

from triptych.accounts.sessions import end_sessions
from triptych.accounts.users import change_user
from triptych.accounts.values import Role
from triptych.settings import Settings
from triptych.store import open_store

pytestmark = pytest.mark.stack
WAIT_S = 30


@pytest.fixture(scope="module")
def served(tmp_path_factory, migrated_sqlite, redis_url):
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIPTYCH_ACCOUNTS", "1")
        with served_api(Settings(home=home, redis_url=redis_url)) as api:
            yield api


@pytest.fixture(scope="module")
def store(served, redis_url):
    with closing(open_store(Settings(home=served.home, redis_url=redis_url, accounts=True))) as store:
        yield store


def fetched(served, path, headers):
    with urlopen(Request(f"{served.url}{path}", headers=headers), timeout=WAIT_S) as answer:
        return answer.read()


def samples_of(served, file_id, headers):
    with wave.open(BytesIO(fetched(served, f"/api/v1/files/{file_id}/content", headers))) as file:
        return file.readframes(file.getnframes())


def test_who_signs_out_is_told_nothing_any_more(served, store):
    ada = an_account(store, "ada")
    client = websocket.create_connection(served.socket_url, timeout=WAIT_S, header=signed_in(store, ada).headers)
    client.recv()

    end_sessions(store, ada.id, acting(ada))
    told = json.loads(client.recv())
    opcode, frame = client.recv_data()
    client.shutdown()

    assert (told["type"], told["problem"]["code"]) == ("refused", "unauthenticated")
    assert (opcode, int.from_bytes(frame[:2])) == (websocket.ABNF.OPCODE_CLOSE, 4401)


@pytest.mark.parametrize(
    ("changes", "code"), [({"disabled": True}, 4401), ({"role": Role.VIEWER}, 4403)], ids=["disabled", "lowered"]
)
def test_a_recording_of_who_may_not_record_any_more_ends_and_is_kept(served, store, changes, code):
    bob = an_account(store, f"bob-{code}")
    headers = key_headers(store, bob)

    with live_client(served, header=headers) as client:
        started = begun(client)
        client.sound(SOUND)
        client.received(len(SOUND))
        change_user(store, acting(bob), bob.id, changes)
        kept = client.told("kept")
        refused = client.told("refused")
        closed = client.close_code()
    change_user(store, acting(bob), bob.id, {"disabled": False, "role": Role.MEMBER})

    assert (kept["reason"], kept["received_bytes"], closed) == ("dismissed", len(SOUND), code)
    assert refused["problem"]["status"] == code - 4000
    assert samples_of(served, started["file_id"], headers) == SOUND
    assert json.loads(fetched(served, f"/api/v1/jobs/{started['job_id']}", headers))["state"] == "queued"
