"""A browser in front of a house where people sign in by a provider, and what came of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient

from support.openid_provider import HOUSE, Visitor
from triptych.accounts.audit import list_entries
from triptych.accounts.passwords import hash_password
from triptych.accounts.users import create_user
from triptych.accounts.values import Role, User
from triptych.store import Store

PASSWORD = "correct horse battery staple"
START, CALLBACK, SESSION = "/api/v1/oidc/start", "/api/v1/oidc/callback", "/api/v1/session"


@dataclass
class Browser:
    """A browser before the house, in which somebody is who they are at the provider."""

    client: FlaskClient
    visitor: Visitor

    def start(self, **asked: Any):
        """Begin to sign in."""
        return self.client.post(START, json=asked, headers={"Origin": HOUSE, "Host": "localhost:8000"})

    def away(self, **asked: Any) -> str:
        """Begin, sign in at the provider, and tell where it leads back to."""
        response = self.start(**asked)
        assert response.status_code == 200, response.text
        return self.visitor.sign_in(response.get_json()["url"])

    def back(self, url: str):
        """Come back."""
        return self.client.get(url.removeprefix(HOUSE), headers={"Host": "localhost:8000"})

    def come(self, **asked: Any):
        """All of it."""
        return self.back(self.away(**asked))

    @property
    def session(self) -> dict[str, Any] | None:
        """Whose session it is; None: nobody's."""
        response = self.client.get(SESSION)
        return response.get_json() if response.status_code == 200 else None

    def headers(self) -> dict[str, str]:
        """What changes something needs."""
        return {"X-CSRF-Token": self.session["csrf_token"], "Host": "localhost:8000"}

    def sign_in(self, user: User):
        """By the password."""
        return self.client.post(SESSION, json={"email": user.email, "password": PASSWORD})

    def link(self):
        """Begin to link an identity."""
        return self.client.post(f"{SESSION}/identities", json={"path": "/account"}, headers=self.headers())


def refusal(response) -> str | None:
    """Why a browser that came back was not let in."""
    assert response.status_code == 303, response.text
    return parse_qs(urlsplit(response.headers["Location"]).query).get("refused", [None])[0]


def with_password(store: Store, name: str, role: Role = Role.MEMBER) -> User:
    """A user who signs in by ``PASSWORD``."""
    hashed = hash_password(PASSWORD, 32 * 1024)
    return create_user(store, f"{name}@triptych.example", name.title(), role, hashed)


def actions(store: Store) -> list[tuple[str, dict[str, Any]]]:
    """What was written down, the oldest first, as far as its order is known."""
    return [(entry.action, dict(entry.detail)) for entry in reversed(list_entries(store, None, None, 100))]
