"""The provider of one application, and how many requests wait for it at a time, which may be slow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.places import Places
from triptych.settings import BadSettings, Settings
from triptych.store import Store

if TYPE_CHECKING:
    from triptych.accounts.provider import Provider

AT_ONCE = 16


def check_secret(settings: Settings) -> None:
    """Raise BadSettings where the file of the client's secret tells none."""
    try:
        secret = settings.oidc_secret
    except (OSError, UnicodeError) as error:
        raise BadSettings(f"TRIPTYCH_OIDC_CLIENT_SECRET_FILE: {error}") from None
    if not secret and settings.oidc_client_secret_file:
        raise BadSettings(f"TRIPTYCH_OIDC_CLIENT_SECRET_FILE: there is nothing in {settings.oidc_client_secret_file}")


class Busy(Exception):
    """As many wait for the provider as may."""


class Oidc:
    """Keeps what the provider tells of itself."""

    def __init__(self) -> None:
        self._provider: Provider | None = None
        self._places = Places(AT_ONCE, AT_ONCE)

    @contextmanager
    def provider(self, store: Store) -> Iterator["Provider"]:
        """The provider, whose answers are waited for. Raises Busy."""
        if not self._places.take(""):
            raise Busy
        try:
            yield self._known(store)
        finally:
            self._places.give_back("")

    def _known(self, store: Store) -> "Provider":
        if self._provider is None:
            from triptych.accounts.provider import Provider  # 20 MB that only this takes, of a process of 100

            self._provider = Provider(store.settings, store.clock)
        return self._provider
