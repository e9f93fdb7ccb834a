"""A provider of OpenID Connect, as this house asks it: where people sign in, and who came back from there.

Only who signs in so needs this module and the cryptography behind it: the API imports it when the first does.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote_plus, urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from triptych.accounts.attempts import Secrets
from triptych.accounts.claims import BadClaims, claimed
from triptych.accounts.id_tokens import BadToken, IdTokens
from triptych.accounts.provider_calls import Calls
from triptych.accounts.provider_metadata import Metadata, metadata_of
from triptych.accounts.providers import BadProvider, Came
from triptych.database import Clock
from triptych.settings import Settings

KEPT_S = 3600.0  # what it tells of itself, and its keys
CALLBACK = "/api/v1/oidc/callback"
MOST_URL_CHARACTERS = 6000  # of one that ends its session: longer, and it goes without the token


@dataclass(slots=True)
class Provider:
    """The provider of these ``settings``. What it tells of itself is asked once an hour."""

    settings: Settings
    clock: Clock
    calls: Calls = field(default_factory=Calls)
    running_clock: Callable[[], float] = monotonic
    _metadata: Metadata | None = None
    _tokens: IdTokens | None = None
    _until: float = 0.0

    def sign_in_url(self, secrets: Secrets) -> str:
        """Where the attempt with these ``secrets`` begins. Raises ProviderAway, BadProvider."""
        url = prepare_grant_uri(
            self._told().authorization_endpoint,
            self.settings.oidc_client_id,
            "code",
            redirect_uri=self.callback,
            scope=self.settings.oidc_scopes,
            state=secrets.state,
            nonce=secrets.nonce,
            code_challenge=create_s256_code_challenge(secrets.verifier),
            code_challenge_method="S256",
        )
        return str(url)

    @property
    def callback(self) -> str:
        """Where the provider leads people back to: registered there, to the letter."""
        return f"{self.settings.called}{CALLBACK}"

    def check_issuer(self, issuer: str | None) -> None:
        """Raise BadProvider where an answer is another provider's (RFC 9207): its code is not for this one."""
        says_it = self._told().authorization_response_iss_parameter_supported
        if issuer != self.settings.oidc_issuer and (says_it or issuer is not None):
            raise BadProvider(f"the answer is of the issuer {issuer!r}")

    def redeem(self, code: str, secrets: Secrets) -> Came:
        """Who came back with ``code`` to the attempt with these ``secrets``. Raises ProviderAway, BadProvider."""
        told = self._told()
        headers, extra = self._authentication(told)
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": secrets.verifier,
            **extra,
        }
        answer = self.calls.post_form(told.token_endpoint, headers, urlencode(asked))
        id_token, access_token = (_text(answer, name) for name in ("id_token", "access_token"))
        try:
            claims = self._known_tokens().claims(id_token, secrets.nonce, access_token, int(self.clock()))
            who = claimed(self.settings, _together(claims, self._more(told, claims, access_token)))
        except (BadToken, BadClaims) as error:
            raise BadProvider(f"the id token: {error}") from error
        return Came(who, self._sign_out_url(told, id_token))

    def _told(self) -> Metadata:
        if self._metadata is None or self.running_clock() >= self._until:
            self._metadata = metadata_of(self.calls, self.settings.oidc_issuer)
            self._tokens, self._until = None, self.running_clock() + KEPT_S
        return self._metadata

    def _known_tokens(self) -> IdTokens:
        told, tokens = self._told(), self._tokens  # which another thread may take away
        if tokens is None:
            self._tokens = tokens = IdTokens(
                self.settings.oidc_issuer, self.settings.oidc_client_id, lambda: self.calls.get(told.jwks_uri, {})
            )
        return tokens

    def _authentication(self, told: Metadata) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """How the client shows who it is: headers, and fields of the form (RFC 6749, section 2.3.1)."""
        client_id, secret = self.settings.oidc_client_id, self._secret()
        if not secret:
            return {}, {"client_id": client_id}
        ways = told.token_endpoint_auth_methods_supported
        if "client_secret_basic" in ways or "client_secret_post" not in ways:
            return {"Authorization": _basic(client_id, secret)}, {}
        return {}, {"client_id": client_id, "client_secret": secret}

    def _secret(self) -> str:
        try:
            return self.settings.oidc_secret
        except (OSError, UnicodeError) as error:
            raise BadProvider(f"the client's secret: {error}") from None

    def _more(self, told: Metadata, claims: Mapping[str, Any], access_token: str) -> Mapping[str, Any]:  # Any: JSON
        """What is said elsewhere, where the token lacks what counts here. Raises ProviderAway, BadProvider."""
        claim = self.settings.oidc_claim
        is_whole = "email" in claims and (not claim or claim in claims or claim.partition(".")[0] in claims)
        if is_whole or told.userinfo_endpoint is None:
            return {}
        more = self.calls.get(told.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
        if more.get("sub") != claims["sub"]:
            raise BadProvider("what it says of somebody is of somebody else than its token")
        return more

    def _sign_out_url(self, told: Metadata, id_token: str) -> str | None:
        """OpenID Connect RP-Initiated Logout 1.0, section 2."""
        if told.end_session_endpoint is None:
            return None
        asked = [("client_id", self.settings.oidc_client_id), ("post_logout_redirect_uri", f"{self.settings.called}/")]
        url = str(add_params_to_uri(told.end_session_endpoint, [*asked, ("id_token_hint", id_token)]))
        return url if len(url) <= MOST_URL_CHARACTERS else str(add_params_to_uri(told.end_session_endpoint, asked))


def _together(claims: Mapping[str, Any], more: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: JSON
    """All that is said of somebody. That an address is theirs counts of the one that it was said with."""
    source = claims if "email" in claims else more
    return {**more, **claims, "email_verified": source.get("email_verified")}


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise BadProvider(f"its token endpoint gives no {name}")
    return value


def _basic(client_id: str, secret: str) -> str:
    return f"Basic {b64encode(f'{quote_plus(client_id)}:{quote_plus(secret)}'.encode()).decode()}"
