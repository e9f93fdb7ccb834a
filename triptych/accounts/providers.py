"""What a provider gives, and what may be wrong with it, for those who need not know more of it."""

from dataclasses import dataclass

from triptych.accounts.claims import Claimed


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back from the provider, and where its own session of theirs is ended, if it says."""

    who: Claimed
    sign_out_url: str | None


class ProviderAway(Exception):
    """The provider did not answer, or not now; the message says what was tried. The same may work in a moment."""


class BadProvider(Exception):
    """The provider answered what cannot be trusted or used; the message says what, for who runs the house."""
