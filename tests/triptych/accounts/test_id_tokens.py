"""A token is believed only where it is the provider's, for this house, now, and for this attempt."""

import base64
import hmac
import json

import pytest
from joserfc.jwk import RSAKey
from support.lying_provider import CLIENT, CURVE, NOW, RSA, LyingProvider, redeemed

from triptych.accounts.providers import BadProvider


def test_what_a_provider_says_of_somebody_is_believed(liar: LyingProvider) -> None:
    who = redeemed(liar)

    assert (who.issuer, who.subject, who.email) == (liar.issuer, "ada", "ada@triptych.example")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another house"},
        {"aud": ["another house"]},
        {"aud": [CLIENT, "another house"]},
        {"aud": [CLIENT, "another house"], "azp": "another house"},
        {"azp": "another house"},
        {"aud": None},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 256},
        {"sub": "a\nb"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": NOW - 61},
        {"iat": NOW + 3600},
        {"iat": None},
        {"nbf": NOW + 3600},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_house_now_and_for_this_attempt_is_refused(
    liar: LyingProvider, claims: dict[str, object]
) -> None:
    liar.claims = claims

    with pytest.raises(BadProvider):
        redeemed(liar)


@pytest.mark.parametrize("claims", [{"exp": NOW - 30}, {"iat": NOW + 30}, {"nbf": NOW + 30}], ids=str)
def test_a_clock_that_is_half_a_minute_off_locks_nobody_out(liar: LyingProvider, claims: dict[str, object]) -> None:
    liar.claims = claims

    assert redeemed(liar).subject == "ada"


@pytest.mark.parametrize("claims", [{"aud": [CLIENT]}, {"aud": [CLIENT, "another"], "azp": CLIENT}], ids=str)
def test_a_token_may_be_for_several_if_it_was_given_to_this_house(
    liar: LyingProvider, claims: dict[str, object]
) -> None:
    liar.claims = claims

    assert redeemed(liar).subject == "ada"


def unsigned(liar: LyingProvider) -> str:
    _, claims, _ = liar.token().split(".")
    return f"{_encoded(json.dumps({'alg': 'none'}).encode())}.{claims}."


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def with_other_claims(liar: LyingProvider) -> str:
    header, _, signature = liar.token().split(".")
    liar.claims = {"sub": "eve"}
    return f"{header}.{liar.token().split('.')[1]}.{signature}"


def by_hash(liar: LyingProvider, secret: bytes) -> str:
    """Signed as anybody can who has ``secret``."""
    header = _encoded(json.dumps({"alg": "HS256", "kid": "rsa"}).encode())
    signed = f"{header}.{liar.token().split('.')[1]}"
    return f"{signed}.{_encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def by_the_public_key(liar: LyingProvider) -> str:
    return by_hash(liar, RSA.as_pem(private=False))


def by_the_clients_secret(liar: LyingProvider) -> str:
    return by_hash(liar, b"a secret")


def by_a_key_of_the_same_name(liar: LyingProvider) -> str:
    liar.key = RSAKey.generate_key(2048, {"kid": "rsa"})
    return liar.token()


def by_a_key_that_it_brings(liar: LyingProvider) -> str:
    key = RSAKey.generate_key(2048, {"kid": "new"})
    liar.key, liar.header = key, {"jwk": key.as_dict(private=False)}
    return liar.token()


@pytest.mark.parametrize(
    "forged",
    [
        unsigned,
        with_other_claims,
        by_the_public_key,
        by_the_clients_secret,
        by_a_key_of_the_same_name,
        by_a_key_that_it_brings,
        lambda _: "no token",
        lambda _: "a.b.c",
        lambda _: "",
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(liar: LyingProvider, forged) -> None:
    body = {"id_token": forged(liar), "access_token": "an access token"}
    liar.answers["/token"] = (200, {}, json.dumps(body).encode())

    with pytest.raises(BadProvider):
        redeemed(liar)


def test_an_elliptic_key_signs_as_well(liar: LyingProvider) -> None:
    liar.key = CURVE

    assert redeemed(liar).subject == "ada"
