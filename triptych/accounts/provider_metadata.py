"""What a provider tells of itself (OpenID Connect Discovery 1.0), as far as it is used here."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from triptych.accounts.provider_calls import Calls
from triptych.accounts.providers import BadProvider
from triptych.setting_urls import is_private_way

WELL_KNOWN = "/.well-known/openid-configuration"


class Metadata(BaseModel):
    """Where it is asked what, and what it can."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False
    code_challenge_methods_supported: list[str] | None = None

    @field_validator(
        "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"
    )
    @classmethod
    def _is_safe(cls, url: str | None) -> str | None:
        if url is None:
            return url
        parts = urlsplit(url)
        if (
            not is_private_way(url)
            or "@" in parts.netloc
            or parts.fragment
            or not (url.isascii() and url.isprintable())
        ):
            raise ValueError("an https URL is needed")
        if parts.port == 0 or " " in url:
            raise ValueError("this is no URL")
        return url

    @model_validator(mode="after")
    def _takes_challenges(self) -> Self:
        """Some providers take PKCE and do not say so; one that says which challenges it takes has to take ours."""
        if self.code_challenge_methods_supported and "S256" not in self.code_challenge_methods_supported:
            raise ValueError("S256 is not among the challenges that it takes")
        return self


def metadata_of(calls: Calls, issuer: str) -> Metadata:
    """What ``issuer`` tells of itself. Raises ProviderAway, BadProvider."""
    answer = calls.get(issuer.rstrip("/") + WELL_KNOWN, {})
    try:
        told = Metadata.model_validate(answer)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadProvider(f"its {WELL_KNOWN}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if told.issuer != issuer:
        raise BadProvider(f"it calls itself {told.issuer!r}, and TRIPTYCH_OIDC_ISSUER {issuer!r}")
    return told
