"""The settings of signing in by a provider of OpenID Connect: which it is, whom it may let in, and as what."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from triptych.accounts.values import Role
from triptych.setting_urls import Issuer, is_private_way


def _scopes(scopes: str) -> str:
    if "openid" not in scopes.split():
        raise ValueError("`openid` is among them, or the provider tells of nobody")
    return scopes


def _domains(domains: str) -> str:
    for domain in listed(domains):
        if "@" in domain or "." not in domain.strip(".") or "*" in domain:
            raise ValueError(f"{domain[:60]!r} is no domain, such as triptych.example; each stands for itself alone")
    return domains.lower()


def _roles(roles: str) -> str:
    for value, role in _pairs(roles):
        if not value or role not in list(Role):
            raise ValueError(f"{value[:60]!r} has no role, as in admins=admin; there are {', '.join(Role)}")
    return roles


def _pairs(roles: str) -> list[tuple[str, str]]:
    """Each value with its role, which stands behind the last ``=``."""
    parts = (one.rpartition("=") for one in listed(roles))
    return [(value.strip(), role.strip()) for value, _, role in parts]


def listed(values: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(value.strip() for value in values.split(",") if value.strip())


class OidcSettings(BaseModel):
    """Without an issuer nobody signs in so."""

    oidc_issuer: Issuer = Field(
        "",
        description="Issuer of the OpenID provider by which people sign in, as its tokens spell it. Empty: none.",
    )
    oidc_client_id: str = Field("", max_length=500, description="What the house is called at that provider.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The secret that goes with it. Empty, and no file: a public client, with PKCE alone."
    )
    oidc_client_secret_file: Path | None = Field(
        None, description="A file that holds this secret, in place of the variable; read anew at each sign-in."
    )
    oidc_name: str = Field(
        "", max_length=60, description="What the button at the door calls the provider. Empty: its host."
    )
    oidc_scopes: Annotated[str, AfterValidator(_scopes)] = Field(
        "openid email profile", max_length=500, description="Scopes that are asked of the provider."
    )
    oidc_domains: Annotated[str, AfterValidator(_domains)] = Field(
        "", description="Domains, comma-separated, of whose verified addresses anybody may come. Empty: of none."
    )
    oidc_claim: str = Field(
        "",
        max_length=200,
        description="Claim that says what somebody may here, such as `groups` or `realm_access.roles`. Empty: none.",
    )
    oidc_admitted: str = Field(
        "", description="Values of this claim, comma-separated, with one of which anybody may come. Empty: none."
    )
    oidc_roles: Annotated[str, AfterValidator(_roles)] = Field(
        "",
        description="Roles by values of this claim, such as `admins=admin,guests=viewer`: the highest holds.",
    )
    oidc_role: Role = Field(
        Role.MEMBER, description="Role of those who come by a domain or a claim, where no value gives them one."
    )

    @property
    def has_provider(self) -> bool:
        """Whether people may sign in by a provider."""
        return bool(self.oidc_issuer)

    @property
    def oidc_called(self) -> str:
        """What the provider is called, the default filled in; empty: there is none."""
        return self.oidc_name or urlsplit(self.oidc_issuer).hostname or ""

    @property
    def oidc_roles_by_value(self) -> Mapping[str, Role]:
        """The role that each value of the claim gives."""
        return {value: Role(role) for value, role in _pairs(self.oidc_roles)}

    @property
    def oidc_secret(self) -> str:
        """The client's secret, from wherever it is told. Raises OSError where its file cannot be read."""
        if self.oidc_client_secret_file is None:
            return self.oidc_client_secret.get_secret_value()
        return self.oidc_client_secret_file.read_text().strip()

    def oidc_mistake(self, has_accounts: bool, called: str) -> str | None:
        """What does not go together, by the name of the setting to mend; ``called`` is where people come back to."""
        if not self.has_provider:
            alone = [name for name, its in OidcSettings.model_fields.items() if getattr(self, name) != its.default]
            return f"TRIPTYCH_{alone[0].upper()}: without TRIPTYCH_OIDC_ISSUER it says nothing" if alone else None
        if not self.oidc_client_id:
            return "TRIPTYCH_OIDC_CLIENT_ID: the provider of TRIPTYCH_OIDC_ISSUER wants one"
        if self.oidc_client_secret.get_secret_value() and self.oidc_client_secret_file:
            return "TRIPTYCH_OIDC_CLIENT_SECRET_FILE: TRIPTYCH_OIDC_CLIENT_SECRET says the secret already"
        if not self.oidc_claim and (self.oidc_admitted or self.oidc_roles):
            return "TRIPTYCH_OIDC_CLAIM: which claim has the values of TRIPTYCH_OIDC_ADMITTED or TRIPTYCH_OIDC_ROLES?"
        if self.oidc_claim and not (self.oidc_admitted or self.oidc_roles):
            return (
                "TRIPTYCH_OIDC_CLAIM: neither TRIPTYCH_OIDC_ADMITTED nor TRIPTYCH_OIDC_ROLES says what follows from it"
            )
        if self.oidc_roles and not (self.oidc_admitted or self.oidc_domains):
            return "TRIPTYCH_OIDC_ROLES: nobody comes but who is invited, and as what their invitation says"
        if not has_accounts:
            return "TRIPTYCH_OIDC_ISSUER: people sign in only where there are accounts, with TRIPTYCH_ACCOUNTS=1"
        if not is_private_way(called):
            return f"TRIPTYCH_PUBLIC_URL: a provider leads people back by https alone, and this is {called}"
        return None
