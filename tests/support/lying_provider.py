"""A provider of OpenID Connect whose every answer a test may bend: what a real one never says, this one does."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from triptych.accounts.attempts import Secrets
from triptych.accounts.claims import Claimed
from triptych.accounts.provider import Provider
from triptych.accounts.provider_calls import Calls
from triptych.settings import Settings

CLIENT = "triptych"
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
NOW = 1_800_000_000
SECRETS = Secrets("a state", "a nonce", "v" * 43)
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    body: str


@dataclass
class LyingProvider:
    """Says what it is told to: claims and metadata by name (None: not at all), and whole answers by path."""

    issuer: str = ""
    nonce: str = SECRETS.nonce
    claims: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    userinfo: Json = field(default_factory=dict)
    header: Json = field(default_factory=dict)
    key: Key = field(default_factory=lambda: RSA)
    published: list[Key] = field(default_factory=lambda: [RSA, CURVE])
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        """What was asked so far."""
        return [one.path for one in self.asked]

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What is said at ``path``."""
        if path in self.answers:
            return self.answers[path]
        made: Mapping[str, Callable[[], Json]] = {
            "/.well-known/openid-configuration": self._told,
            "/jwks": lambda: dict(KeySet(self.published).as_dict(private=False)),
            "/token": lambda: {"access_token": "an access token", "token_type": "Bearer", "id_token": self.token()},
            "/me": lambda: _without_none({"sub": "ada", **self.userinfo}),
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(made[path]()).encode()

    def token(self) -> str:
        """The ID token."""
        now = NOW
        claims = {"iss": self.issuer, "sub": "ada", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce}
        told = {"email": "ada@triptych.example", "email_verified": True, **self.claims}
        algorithm = {"RSA": "RS256", "EC": "ES256"}[self.key.key_type]
        header = _without_none({"alg": algorithm, "kid": self.key.kid, **self.header})
        registry = JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jwt.encode(header, _without_none({**claims, **told}), self.key, registry=registry)

    def _told(self) -> Json:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/me",
        }
        return _without_none({**told, **self.metadata})


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    """Serve until the end of the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = LyingProvider(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def provider_of(liar: LyingProvider, calls: Calls | None = None, **changes: object) -> Provider:
    """It, as a house with these settings asks it."""
    told = {"accounts": True, "oidc_issuer": liar.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": "a secret"}
    settings = Settings.model_validate({**told, **changes})
    return Provider(settings, lambda: NOW, calls or Calls())


def redeemed(liar: LyingProvider, **changes: object) -> Claimed:
    """Who comes back from it to the attempt with ``SECRETS``."""
    return provider_of(liar, **changes).redeem("a code", SECRETS).who


def _without_none(told: Json) -> Json:
    return {name: value for name, value in told.items() if value is not None}


class _Server(ThreadingHTTPServer):
    provider: LyingProvider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        provider = self.server.provider
        provider.asked.append(Asked(self.path, dict(self.headers), body.decode()))
        status, headers, answer = provider.answer(self.path)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked has heard enough
            self.wfile.write(answer)
