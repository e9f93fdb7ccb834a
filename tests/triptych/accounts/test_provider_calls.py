"""What is asked of a provider ends in time, and an answer that cannot be used is told from none."""

import pytest
from support.lying_provider import SECRETS, LyingProvider, provider_of, redeemed
from support.stores import HandClock

from triptych.accounts.provider_calls import ANSWER_BYTES, Calls
from triptych.accounts.providers import BadProvider, ProviderAway

DISCOVERY = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("path", "answer", "error"),
    [
        (DISCOVERY, (200, b"no JSON"), BadProvider),
        (DISCOVERY, (200, b"[]"), BadProvider),
        (DISCOVERY, (404, b"{}"), BadProvider),
        (DISCOVERY, (500, b"{}"), ProviderAway),
        (DISCOVERY, (429, b""), ProviderAway),
        ("/token", (400, b'{"error": "invalid_grant", "error_description": "used"}'), BadProvider),
        ("/token", (200, b'{"access_token": "an access token"}'), BadProvider),
        ("/token", (200, b'{"id_token": 7, "access_token": "an access token"}'), BadProvider),
        ("/token", (503, b"later"), ProviderAway),
        ("/jwks", (502, b""), ProviderAway),
        ("/jwks", (200, b"[" * 100_000), BadProvider),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_from_a_provider_that_is_away(
    liar: LyingProvider, path: str, answer: tuple[int, bytes], error: type[Exception]
) -> None:
    liar.answers[path] = (answer[0], {}, answer[1])

    with pytest.raises(error):
        redeemed(liar)


def test_an_answer_of_any_size_is_not_read(liar: LyingProvider) -> None:
    liar.answers[DISCOVERY] = (200, {}, b" " * (ANSWER_BYTES + 1))

    with pytest.raises(BadProvider, match=f"more than {ANSWER_BYTES} bytes"):
        redeemed(liar)


def test_nobody_follows_where_a_provider_leads(liar: LyingProvider) -> None:
    liar.answers["/token"] = (307, {"Location": f"{liar.issuer}/elsewhere"}, b"{}")

    with pytest.raises(BadProvider, match="307"):
        redeemed(liar)

    assert "/elsewhere" not in liar.paths()


def test_a_provider_that_drips_its_answer_is_left_in_time(liar: LyingProvider) -> None:
    clock = HandClock()

    def running() -> float:
        clock.forward(4.0)  # each look at the clock
        return clock.now

    with pytest.raises(ProviderAway, match="no answer within 10 s"):
        provider_of(liar, Calls(running_clock=running)).sign_in_url(SECRETS)


def test_a_provider_that_nobody_answers_for_is_away(liar: LyingProvider) -> None:
    provider = provider_of(liar, oidc_issuer="http://127.0.0.1:9")

    with pytest.raises(ProviderAway, match=r"127\.0\.0\.1:9"):
        provider.sign_in_url(SECRETS)


def test_a_name_that_leads_nowhere_is_away(liar: LyingProvider) -> None:
    provider = provider_of(liar, Calls(resolve=lambda _host, _port: []), oidc_issuer="https://id.example")

    with pytest.raises(ProviderAway, match=r"id\.example"):
        provider.sign_in_url(SECRETS)
