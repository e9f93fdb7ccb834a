"""Settings of a provider stop the start by their name, where they are wrong or half said."""

from pathlib import Path

import pytest

from api.oidc import check_secret
from triptych.settings import BadSettings, Settings

WHOLE = {"TRIPTYCH_ACCOUNTS": "1", "TRIPTYCH_OIDC_ISSUER": "https://id.example/", "TRIPTYCH_OIDC_CLIENT_ID": "triptych"}
STAFF = {"TRIPTYCH_OIDC_CLAIM": "groups", "TRIPTYCH_OIDC_ADMITTED": "staff"}


def test_a_provider_and_a_client_are_enough_and_are_kept_to_the_letter() -> None:
    settings = Settings.from_environment(WHOLE)

    assert settings.has_provider
    assert settings.oidc_issuer == "https://id.example/"
    assert settings.oidc_called == "id.example"
    assert Settings.from_environment({**WHOLE, **STAFF, "TRIPTYCH_OIDC_ROLES": "chiefs=admin"}).has_provider


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"TRIPTYCH_OIDC_ISSUER": "id.example"}, "TRIPTYCH_OIDC_ISSUER"),
        ({"TRIPTYCH_OIDC_ISSUER": "http://id.example"}, "TRIPTYCH_OIDC_ISSUER"),
        ({"TRIPTYCH_OIDC_ISSUER": "https://me:secret@id.example"}, "TRIPTYCH_OIDC_ISSUER"),
        ({"TRIPTYCH_OIDC_ISSUER": "https://id.example?a=secret"}, "TRIPTYCH_OIDC_ISSUER"),
        ({"TRIPTYCH_OIDC_ISSUER": ""}, "TRIPTYCH_OIDC_CLIENT_ID"),
        ({"TRIPTYCH_OIDC_CLIENT_ID": ""}, "TRIPTYCH_OIDC_CLIENT_ID"),
        ({"TRIPTYCH_OIDC_SCOPES": "email"}, "TRIPTYCH_OIDC_SCOPES"),
        ({"TRIPTYCH_OIDC_DOMAINS": "ada@triptych.example"}, "TRIPTYCH_OIDC_DOMAINS"),
        ({"TRIPTYCH_OIDC_DOMAINS": "*.example"}, "TRIPTYCH_OIDC_DOMAINS"),
        ({"TRIPTYCH_OIDC_ADMITTED": "staff"}, "TRIPTYCH_OIDC_CLAIM"),
        ({"TRIPTYCH_OIDC_CLAIM": "groups"}, "TRIPTYCH_OIDC_CLAIM"),
        ({"TRIPTYCH_OIDC_CLAIM": "groups", "TRIPTYCH_OIDC_ROLES": "chiefs=admin"}, "TRIPTYCH_OIDC_ROLES"),
        ({**STAFF, "TRIPTYCH_OIDC_ROLES": "chiefs"}, "TRIPTYCH_OIDC_ROLES"),
        ({**STAFF, "TRIPTYCH_OIDC_ROLES": "chiefs=chief"}, "TRIPTYCH_OIDC_ROLES"),
        ({"TRIPTYCH_OIDC_ROLE": "chief"}, "TRIPTYCH_OIDC_ROLE"),
        ({"TRIPTYCH_OIDC_SECRET": "secret"}, "TRIPTYCH_OIDC_SECRET"),
        (
            {"TRIPTYCH_OIDC_CLIENT_SECRET": "secret", "TRIPTYCH_OIDC_CLIENT_SECRET_FILE": "a"},
            "TRIPTYCH_OIDC_CLIENT_SECRET_FILE",
        ),
        ({"TRIPTYCH_ACCOUNTS": "0"}, "TRIPTYCH_OIDC_ISSUER"),
        ({"TRIPTYCH_PUBLIC_URL": "http://triptych.example"}, "TRIPTYCH_PUBLIC_URL"),
        ({"TRIPTYCH_HOST": "192.168.1.4"}, "TRIPTYCH_PUBLIC_URL"),
    ],
    ids=str,
)
def test_what_is_wrong_or_half_said_is_named_and_no_secret_repeated(changes: dict[str, str], name: str) -> None:
    with pytest.raises(BadSettings, match=f"{name}\\b") as refused:
        Settings.from_environment({**WHOLE, **changes})

    assert "=secret" not in str(refused.value)
    assert ":secret" not in str(refused.value)


def test_without_a_provider_what_is_empty_is_no_mistake() -> None:
    settings = Settings.from_environment({"TRIPTYCH_OIDC_ISSUER": "", "TRIPTYCH_OIDC_CLIENT_SECRET": ""})

    assert not settings.has_provider


def test_secret_is_read_from_its_file_and_shown_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a secret\n")
    settings = Settings.from_environment({**WHOLE, "TRIPTYCH_OIDC_CLIENT_SECRET_FILE": str(path)})
    told = Settings.from_environment({**WHOLE, "TRIPTYCH_OIDC_CLIENT_SECRET": "another secret"})

    check_secret(settings)

    assert (settings.oidc_secret, told.oidc_secret) == ("a secret", "another secret")
    assert "another secret" not in repr(told)


@pytest.mark.parametrize("text", [None, " \n"])
def test_a_file_that_tells_no_secret_stops_the_start(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "secret"
    if text is not None:
        path.write_text(text)
    settings = Settings.from_environment({**WHOLE, "TRIPTYCH_OIDC_CLIENT_SECRET_FILE": str(path)})

    with pytest.raises(BadSettings, match="TRIPTYCH_OIDC_CLIENT_SECRET_FILE"):
        check_secret(settings)
