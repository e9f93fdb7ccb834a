"""What a provider says of somebody, as far as it counts here: who it is, their address, and what they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from triptych.accounts.values import Role
from triptych.oidc_settings import OidcSettings, listed

MOST_SUBJECT_CHARACTERS = 255  # OpenID Connect Core 1.0, section 2
MOST_EMAIL_CHARACTERS = 254
MOST_NAME_CHARACTERS = 100


class BadClaims(ValueError):
    """What is claimed names nobody; the message says why."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Somebody, as a provider tells of them. ``email`` is empty unless the provider says that it is theirs."""

    issuer: str
    subject: str
    email: str
    name: str
    values: frozenset[str] = frozenset()  # of the settings' claim

    def is_admitted(self, settings: OidcSettings) -> bool:
        """Whether they may come without an invitation."""
        domain = self.email.rpartition("@")[2]
        return bool(
            (domain and domain in listed(settings.oidc_domains)) or self.values & set(listed(settings.oidc_admitted))
        )

    def role(self, settings: OidcSettings) -> Role:
        """As what they come so: the highest role that one of their values gives."""
        given = [role for value, role in settings.oidc_roles_by_value.items() if value in self.values]
        return max(given, key=list(Role).index, default=settings.oidc_role)


def claimed(settings: OidcSettings, claims: Mapping[str, Any]) -> Claimed:  # Any: JSON, here and below
    """What ``claims``, which were found to be the provider's, say of somebody. Raises BadClaims."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT_CHARACTERS or not subject.isprintable():
        raise BadClaims("`sub` is no name of up to 255 characters")
    email = _email(claims)
    return Claimed(settings.oidc_issuer, subject, email, _name(claims, email), _values(claims, settings.oidc_claim))


def _email(claims: Mapping[str, Any]) -> str:
    """The address, in lower case, if it is one and known to be theirs: some providers say so as a text.

    One with signs that stand for others is none: a Kelvin sign in lower case is the k of somebody else's address.
    """
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str) or not (verified is True or verified == "true") or len(email) > MOST_EMAIL_CHARACTERS:
        return ""
    name, _, domain = email.partition("@")
    is_one = name and domain and "@" not in domain and email.isprintable() and " " not in email
    is_one = is_one and normalize("NFKC", email) == email
    return email.lower() if is_one else ""


def _name(claims: Mapping[str, Any], email: str) -> str:
    told = [claims.get(name) for name in ("name", "preferred_username", "nickname")]
    for name in (*told, email.partition("@")[0]):
        if isinstance(name, str) and (plain := "".join(filter(str.isprintable, name)).strip()):
            return plain[:MOST_NAME_CHARACTERS].strip()
    return "Somebody"


def _values(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """Those of the claim at ``path``: a name, which may hold dots itself, or names of objects within objects."""
    if not path:
        return frozenset()
    found: Any = claims.get(path, claims)
    if path not in claims:
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return frozenset(value for value in values if isinstance(value, str) and value)
