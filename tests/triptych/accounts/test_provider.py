"""A provider is asked as it wants to be, and believed in what it tells of itself and of others only so far."""

import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from support.lying_provider import RSA, SECRETS, LyingProvider, provider_of, redeemed
from support.stores import HandClock

from triptych.accounts.provider import KEPT_S
from triptych.accounts.providers import BadProvider

DISCOVERY = "/.well-known/openid-configuration"


def test_keys_are_asked_again_once_where_one_is_not_known(liar: LyingProvider) -> None:
    provider = provider_of(liar)
    provider.redeem("a code", SECRETS)
    liar.key = RSAKey.generate_key(2048, {"kid": "next"})
    liar.published = [liar.key]

    provider.redeem("a code", SECRETS)
    provider.redeem("a code", SECRETS)

    assert liar.paths().count("/jwks") == 2
    liar.key = RSAKey.generate_key(2048, {"kid": "never published"})
    with pytest.raises(BadProvider):
        provider.redeem("a code", SECRETS)
    assert liar.paths().count("/jwks") == 3


def test_what_a_provider_tells_of_itself_is_asked_once_an_hour(liar: LyingProvider) -> None:
    clock = HandClock()
    provider = provider_of(liar)
    provider.running_clock = clock
    for _ in range(2):
        provider.redeem("a code", SECRETS)
    before = liar.paths()
    clock.forward(KEPT_S)

    provider.redeem("a code", SECRETS)

    assert (before.count(DISCOVERY), liar.paths().count(DISCOVERY)) == (1, 2)


def test_keys_of_kinds_that_are_not_known_are_passed_over(liar: LyingProvider) -> None:
    keys = [{"kty": "AKP", "alg": "ML-DSA-44"}, {"kty": "RSA", "n": "broken"}, "no key", RSA.as_dict(private=False)]
    liar.answers["/jwks"] = (200, {}, json.dumps({"keys": keys}).encode())

    assert redeemed(liar).subject == "ada"


@pytest.mark.parametrize("keys", [{}, {"keys": "none"}, {"keys": []}, {"keys": [{"kty": "oct", "k": "AAAA"}]}], ids=str)
def test_a_provider_without_keys_that_sign_lets_nobody_in(liar: LyingProvider, keys: object) -> None:
    liar.answers["/jwks"] = (200, {}, json.dumps(keys).encode())

    with pytest.raises(BadProvider):
        redeemed(liar)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": None},
        {"token_endpoint": "http://id.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://user@id.example/auth"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://id.example:99999/jwks"},
        {"jwks_uri": 7},
        {"code_challenge_methods_supported": ["plain"]},
    ],
    ids=str,
)
def test_a_provider_that_tells_of_itself_what_cannot_be_is_not_used(
    liar: LyingProvider, metadata: dict[str, object]
) -> None:
    liar.metadata = metadata

    with pytest.raises(BadProvider):
        provider_of(liar).sign_in_url(SECRETS)


@pytest.mark.parametrize(
    ("methods", "secret", "header", "fields"),
    [
        (None, "a b+c%", "Basic dHJpcHR5Y2g6YStiJTJCYyUyNQ==", {}),
        (["client_secret_post"], "a b+c%", None, {"client_id": ["triptych"], "client_secret": ["a b+c%"]}),
        (["private_key_jwt"], "a b+c%", "Basic dHJpcHR5Y2g6YStiJTJCYyUyNQ==", {}),
        (None, "", None, {"client_id": ["triptych"]}),
    ],
)
def test_house_says_who_it_is_as_the_provider_takes_it(
    liar: LyingProvider, methods: list[str] | None, secret: str, header: str | None, fields: dict[str, list[str]]
) -> None:
    liar.metadata = {"token_endpoint_auth_methods_supported": methods}

    redeemed(liar, oidc_client_secret=SecretStr(secret))

    [asked] = [one for one in liar.asked if one.path == "/token"]
    form = parse_qs(asked.body)
    assert asked.headers.get("Authorization") == header
    assert {name: form.get(name) for name in ("client_id", "client_secret") if name in form} == fields
    assert form["code_verifier"] == [SECRETS.verifier]


def test_secret_is_read_from_its_file_each_time_and_where_it_has_gone_nobody_is_let_in(
    liar: LyingProvider, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    provider = provider_of(liar, oidc_client_secret=SecretStr(""), oidc_client_secret_file=path)

    for secret in ("one", "another"):
        path.write_text(secret)
        provider.redeem("a code", SECRETS)

    told = [one.headers["Authorization"] for one in liar.asked if one.path == "/token"]
    assert told == ["Basic dHJpcHR5Y2g6b25l", "Basic dHJpcHR5Y2g6YW5vdGhlcg=="]
    path.unlink()
    with pytest.raises(BadProvider, match="secret"):
        provider.redeem("a code", SECRETS)


def test_what_the_token_lacks_is_asked_where_the_provider_tells_it(liar: LyingProvider) -> None:
    liar.claims = {"email": None, "email_verified": None}
    liar.userinfo = {"email": "ada@elsewhere.example", "email_verified": True}

    assert redeemed(liar).email == "ada@elsewhere.example"
    assert [one.headers["Authorization"] for one in liar.asked if one.path == "/me"] == ["Bearer an access token"]


def test_what_is_told_there_of_somebody_else_is_not_believed(liar: LyingProvider) -> None:
    liar.claims, liar.userinfo = {"email": None}, {"sub": "eve", "email": "eve@triptych.example"}

    with pytest.raises(BadProvider, match="somebody else"):
        redeemed(liar)


def test_what_is_signed_goes_before_what_is_told_there(liar: LyingProvider) -> None:
    liar.claims = {"groups": None}
    liar.userinfo = {"email": "eve@triptych.example", "groups": ["staff"]}

    who = redeemed(liar, oidc_claim="groups", oidc_admitted="staff")

    assert (who.email, who.values) == ("ada@triptych.example", {"staff"})


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"email": None, "email_verified": True}, {"email": "eve@triptych.example"}),
        ({"email_verified": None}, {"email": "eve@triptych.example", "email_verified": True, "groups": []}),
    ],
)
def test_address_is_theirs_only_where_it_is_said_of_that_address(
    liar: LyingProvider, claims: dict[str, object], told: dict[str, object]
) -> None:
    liar.claims, liar.userinfo = claims, told

    assert redeemed(liar, oidc_claim="groups", oidc_admitted="staff").email == ""
    assert "/me" in liar.paths()


def test_issuer_of_an_answer_is_asked_for_where_the_provider_says_that_it_tells_it(liar: LyingProvider) -> None:
    provider = provider_of(liar)
    provider.check_issuer(None)
    provider.check_issuer(liar.issuer)
    liar.metadata = {"authorization_response_iss_parameter_supported": True}

    with pytest.raises(BadProvider):
        provider.check_issuer("https://other.example")
    with pytest.raises(BadProvider):
        provider_of(liar).check_issuer(None)


def test_a_token_that_makes_an_address_too_long_is_left_out_of_it(liar: LyingProvider) -> None:
    liar.metadata = {"end_session_endpoint": f"{liar.issuer}/end?a=b"}
    short = provider_of(liar).redeem("a code", SECRETS).sign_out_url
    liar.claims = {"picture": "x" * 8000}
    long = provider_of(liar).redeem("a code", SECRETS).sign_out_url

    assert short is not None
    assert long is not None
    assert "id_token_hint=" in short
    assert "id_token_hint" not in long
    assert long.startswith(f"{liar.issuer}/end?a=b&client_id=triptych&")
