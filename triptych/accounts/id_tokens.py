"""ID tokens: whether what a provider seems to say of somebody was said by it, to this house, for this attempt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from triptych.accounts.providers import BadProvider

# Signatures by a key that the provider alone has. Neither none, nor what anybody with the client's secret could make.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
KINDS = ("RSA", "EC", "OKP")
SKEW_S = 60  # that the provider's clock may be off

Json = Mapping[str, Any]  # Any: JSON


class BadToken(ValueError):
    """The token is not to be trusted; the message says why."""


@dataclass(slots=True)
class IdTokens:
    """Reads the ID tokens of one provider for one client; ``fetch_keys`` gives the provider's key set as JSON."""

    issuer: str
    client_id: str
    fetch_keys: Callable[[], Json]
    _keys: KeySet | None = None

    def claims(self, token: str, nonce: str, access_token: str, now: int) -> Json:
        """What the token claims. Raises BadToken, and what ``fetch_keys`` raises."""
        read = self._verified(token)
        essential = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        told = CodeIDToken(read.claims, read.header, essential, params)
        try:
            told.validate(now=now, leeway=SKEW_S)
        except (JoseError, ValueError, TypeError) as error:
            raise BadToken(str(error)) from None
        return dict(told)

    def _verified(self, token: str) -> jwt.Token:
        """The token, whose signature is the provider's. A key that is not known may be new: they are asked again."""
        has_old = self._keys is not None
        try:
            return _decoded(token, self._known_keys())
        except InvalidKeyIdError as error:
            if not has_old:
                raise BadToken(str(error)) from None
        self._keys = None
        try:
            return _decoded(token, self._known_keys())
        except InvalidKeyIdError as error:
            raise BadToken(str(error)) from None

    def _known_keys(self) -> KeySet:
        keys = self._keys  # which another thread may take away
        if keys is None:
            self._keys = keys = _key_set(self.fetch_keys())
        return keys


def _decoded(token: str, keys: KeySet) -> jwt.Token:
    """Raises BadToken, InvalidKeyIdError."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        return jwt.decode(token, keys, registry=registry)
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken(f"{type(error).__name__}: {error}") from None


def _key_set(answer: Json) -> KeySet:
    """The keys that sign; others, and those of kinds that are not known here, are passed over. Raises BadProvider."""
    told = answer.get("keys")
    keys = [key for one in (told if isinstance(told, list) else []) if (key := _key(one)) is not None]
    if not keys:
        raise BadProvider("it tells no key by which its tokens can be checked")
    return KeySet(keys)


def _key(told: object) -> Key | None:
    if not isinstance(told, dict) or told.get("kty") not in KINDS or told.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
