"""Which IP addresses a webhook may reach: whoever names a URL must not reach what only this machine can.

The networks are those of IANA's registries of special-purpose addresses (RFC 6890), written out here so that the answer
is the same under every Python: https://www.iana.org/assignments/iana-ipv4-special-registry and, for the other version,
iana-ipv6-special-registry.
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class Zone(StrEnum):
    """Whose an address is."""

    PUBLIC = "public"  # anybody's on the Internet
    PRIVATE = "private"  # this machine's, or of its own networks
    FORBIDDEN = "forbidden"  # of a link (a cloud's metadata among them), of many, of a relay, or of nobody


_PRIVATE = [
    ip_network(network)
    for network in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
]
_FORBIDDEN = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved and broadcast
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4, which has an IPv4 address within
        "3fff::/20",
    )
]
_UNICAST = ip_network("2000::/3")  # IPv6 beyond it is mapped, NAT64, link-local, multicast or unassigned


def zone_of(address: str) -> Zone:
    """Whose the address is, of any spelling that ``ipaddress`` takes. Raises ValueError for what is none."""
    if "%" in address:  # a scope, which only addresses of a link have
        return Zone.FORBIDDEN
    parsed = ip_address(address)
    if _is_in(parsed, _PRIVATE):
        return Zone.PRIVATE
    if _is_in(parsed, _FORBIDDEN) or (parsed.version == 6 and parsed not in _UNICAST):
        return Zone.FORBIDDEN
    return Zone.PUBLIC


def _is_in(address: IPv4Address | IPv6Address, networks: list[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
