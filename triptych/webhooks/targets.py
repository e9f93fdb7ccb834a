"""Where a webhook's URL leads: checked when it is named, and anew whenever something is sent to it.

A name may resolve to a harmless address when it is checked and to another when it is connected to. So what is connected
to is the address that was checked, and never the name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import SplitResult, urlsplit

from triptych.exchange import PORTS, Resolver, Target
from triptych.settings import Settings
from triptych.webhooks.addresses import Zone, zone_of

MAX_URL_CHARACTERS = 2000
FIRST_FREE_PORT = 1024  # below it are those of mail, databases and other services, which are nobody's receivers

_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.ASCII)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)


class BadTarget(Exception):
    """Nothing is sent to this URL; the message says why, and what is wanted."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses may be sent to: the Internet's, and those of one's own networks."""

    public: bool
    private: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings have it: what is offline sends nothing to the Internet."""
        return cls(public=not settings.offline, private=settings.webhook_private)


def find_target(url: str, reach: Reach, resolve: Resolver) -> Target:
    """Where ``url`` leads now. Raises BadTarget where it is no such URL, or one address of its host is out of reach."""
    parts, port = _parts(url, reach)
    host = _host(parts.hostname or "")
    addresses = _addresses(host, port, resolve)
    for address in addresses:
        _check(host, address, reach)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path, addresses)


def _parts(url: str, reach: Reach) -> tuple[SplitResult, int]:
    if len(url) > MAX_URL_CHARACTERS:
        raise BadTarget(f"it is longer than {MAX_URL_CHARACTERS} characters")
    if not _VISIBLE.fullmatch(url) or "\\" in url:
        raise BadTarget("it has characters that no URL has: escape them, and spell an international name as xn--")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadTarget("it is no URL") from None
    if parts.scheme not in (PORTS if reach.private else ("https",)):
        raise BadTarget("it has to begin with https://")
    if "@" in parts.netloc:
        raise BadTarget("it names a user or a password: who sends is told by the signature")
    if parts.fragment:
        raise BadTarget("it has a fragment, which is never sent")
    port = PORTS[parts.scheme] if port is None else port
    if port != PORTS[parts.scheme] and port < FIRST_FREE_PORT:
        raise BadTarget(f"its port is neither {PORTS[parts.scheme]} nor {FIRST_FREE_PORT} or above")
    return parts, port


def _host(host: str) -> str:
    """The name, or the IP address, spelt in full: some read 127.1, 0x7f.1 and 2130706433 as one too."""
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(ip_address(host))
        except ValueError:
            raise BadTarget("its host is no IP address that is spelt in full") from None
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise BadTarget("its host is no name")
    return host


def _addresses(host: str, port: int, resolve: Resolver) -> Sequence[str]:
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return [host]
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise BadTarget(f"the name {host} cannot be resolved: {getattr(error, 'strerror', None) or error}") from None
    if not found:
        raise BadTarget(f"the name {host} has no address")
    return found


def _check(host: str, address: str, reach: Reach) -> None:
    """Of a name it is not told which address it has: in one's own networks that is nobody else's business."""
    zone = zone_of(address)
    if zone is Zone.FORBIDDEN or (zone is Zone.PRIVATE and not reach.private):
        raise BadTarget(f"{host} leads to no public address")
    if zone is Zone.PUBLIC and not reach.public:
        raise BadTarget(f"{host} is beyond this machine's networks, and it is set to be offline")
