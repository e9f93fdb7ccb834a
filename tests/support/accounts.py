"""People with accounts, as tests need them: already there, signed in without a word, with a key at hand."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from triptych.accounts.audit import Actor
from triptych.accounts.claims import Claimed
from triptych.accounts.identities import add_identity
from triptych.accounts.keys import create_key
from triptych.accounts.sessions import begin_session
from triptych.accounts.tokens import csrf_of
from triptych.accounts.users import create_user
from triptych.accounts.values import SCOPES, Role, User
from triptych.settings import Settings
from triptych.store import Store

COOKIE = "triptych_session"


def an_account(store: Store, name: str = "ada", role: Role = Role.MEMBER) -> User:
    """A user who has no password, and is signed in all the same by ``sign_in``."""
    return create_user(store, f"{name}@triptych.example", name.title(), role)


def acting(user: User) -> Actor:
    """The user as who does something."""
    return Actor(user.id, user.email, "127.0.0.1")


@dataclass(frozen=True)
class SignedIn:
    """What a browser that is signed in sends."""

    token: str

    @property
    def headers(self) -> dict[str, str]:
        """With everything: the cookie, and what shows that a page of ours asks."""
        return {"Cookie": f"{COOKIE}={self.token}", "X-CSRF-Token": csrf_of(self.token)}


def signed_in(store: Store, user: User) -> SignedIn:
    """A session of the user's."""
    return SignedIn(begin_session(store, user, "127.0.0.1", "a browser"))


def key_headers(store: Store, user: User, *scopes: str, expires_at: float | None = None) -> dict[str, str]:
    """What a program sends that has a key with these scopes, or with every one."""
    _, secret = create_key(store, user.id, acting(user), "a program", scopes or SCOPES, expires_at)
    return {"Authorization": f"Bearer {secret}"}


def identity_of(store: Store, user: User) -> str:
    """The id of an identity of the user's, at a provider."""
    who = Claimed("https://id.example", user.id, user.email, user.name)
    with store.database.write() as connection:
        return add_identity(connection, store, acting(user), user.id, who)


def house_settings(settings: Settings, **changes: object) -> Settings:
    """The same settings for a house where people sign in, whose passwords are hashed at once."""
    return settings.model_copy(update={"accounts": True, "password_bytes": 32 * 1024, **changes})


def without_jar(client: FlaskClient) -> FlaskClient:
    """A client of the same application that sends the cookies it is told to, and keeps none."""
    bare = client.application.test_client(use_cookies=False)
    bare.environ_base["SERVER_NAME"] = "localhost"
    return bare


def code_of(client: FlaskClient, method: str, url: str, headers: dict[str, str], **asked: object) -> tuple[int, str]:
    """Status and code of an answer; an empty code where it is no problem."""
    response = client.open(url, method=method, headers=headers, **asked)
    told = response.get_json(silent=True)
    return response.status_code, told.get("code", "") if isinstance(told, dict) else ""
