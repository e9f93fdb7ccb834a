"""What of a provider's claims counts: an address that is somebody's own, a name that can be shown, values wherever."""

import pytest

from triptych.accounts.claims import Claimed, claimed
from triptych.accounts.values import Role
from triptych.oidc_settings import OidcSettings

SETTINGS = OidcSettings(oidc_issuer="https://id.example", oidc_client_id="triptych")


def of(claims: dict[str, object], **changes: object) -> Claimed:
    return claimed(SETTINGS.model_copy(update=changes), {"sub": "ada", **claims})


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "Ada@Triptych.Example", "email_verified": True}, "ada@triptych.example"),
        ({"email": "ada@triptych.example", "email_verified": "true"}, "ada@triptych.example"),
        ({"email": "ada@triptych.example", "email_verified": "false"}, ""),
        ({"email": "ada@triptych.example", "email_verified": 1.5}, ""),
        ({"email": "ada@triptych.example", "email_verified": 1}, ""),
        ({"email": "ada@triptych.example"}, ""),
        ({"email": "\u212aate@triptych.example", "email_verified": True}, ""),  # the Kelvin sign
        ({"email": "\uff41da@triptych.example", "email_verified": True}, ""),  # a wide a
        ({"email": "ada@triptych.example@evil.example", "email_verified": True}, ""),
        ({"email": "ada @triptych.example", "email_verified": True}, ""),
        ({"email": "@triptych.example", "email_verified": True}, ""),
        ({"email": "ada\n@triptych.example", "email_verified": True}, ""),
        ({"email": "a" * 250 + "@a.example", "email_verified": True}, ""),
        ({"email": ["ada@triptych.example"], "email_verified": True}, ""),
    ],
    ids=str,
)
def test_address_counts_where_the_provider_knows_it_to_be_theirs(claims: dict[str, object], email: str) -> None:
    assert of(claims).email == email


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Ada"}, "Ada"),
        ({"name": " A\nd\0a\ud800 ", "nickname": "x"}, "Ada"),
        ({"name": "\n", "preferred_username": "ada"}, "ada"),
        ({"name": 7, "email": "ada@triptych.example", "email_verified": True}, "ada"),
        ({"name": "a" * 200}, "a" * 100),
        ({}, "Somebody"),
    ],
    ids=repr,
)
def test_name_is_one_that_can_be_shown(claims: dict[str, object], name: str) -> None:
    assert of(claims).name == name


@pytest.mark.parametrize(
    ("path", "claims", "values"),
    [
        ("groups", {"groups": ["a", "b", 7, None, ""]}, ["a", "b"]),
        ("groups", {"groups": "a"}, ["a"]),
        ("realm_access.roles", {"realm_access": {"roles": ["a"]}}, ["a"]),
        ("https://triptych.example/roles", {"https://triptych.example/roles": ["a"]}, ["a"]),
        ("realm_access.roles", {"realm_access": ["roles"]}, []),
        ("realm_access.roles", {}, []),
        ("", {"": ["a"]}, []),
    ],
)
def test_values_are_found_by_a_name_or_within(path: str, claims: dict[str, object], values: list[str]) -> None:
    assert sorted(of(claims, oidc_claim=path).values) == values


def test_nobody_is_admitted_where_nothing_admits() -> None:
    who = Claimed("https://id.example", "ada", "", "Ada", frozenset({""}))

    assert not who.is_admitted(SETTINGS)
    assert not who.is_admitted(SETTINGS.model_copy(update={"oidc_domains": ",", "oidc_admitted": ","}))


def test_highest_role_holds_and_without_any_the_one_that_is_set() -> None:
    settings = SETTINGS.model_copy(update={"oidc_roles": "a=viewer, b = admin,x=y=member", "oidc_role": Role.VIEWER})

    def role(*values: str) -> Role:
        return Claimed("https://id.example", "ada", "", "Ada", frozenset(values)).role(settings)

    assert [role("a", "b"), role("a"), role("x=y"), role()] == [Role.ADMIN, Role.VIEWER, Role.MEMBER, Role.VIEWER]
