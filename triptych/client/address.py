"""Where an API is, and how one shows who asks: what can be none is told before anything is sent."""

from ipaddress import ip_address

import httpx2

from triptych.client.errors import Unusable


def address_of(url: str) -> httpx2.URL:
    """``url`` as an address. Raises Unusable."""
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        address = httpx2.URL()
    if address.scheme not in ("http", "https") or not address.host:
        raise Unusable(f"{url!r} is no address: it should look like http://localhost:8000")
    return address


def authorization(key: str | None) -> dict[str, str]:
    """The header that shows ``key``, if there is one. Raises Unusable."""
    if not key:
        return {}
    if not (key.isascii() and key.isprintable()):
        raise Unusable("the key has signs that none has: copy it anew")  # and is not repeated here
    return {"Authorization": f"Bearer {key}"}


def is_here(url: httpx2.URL) -> bool:
    """Whether ``url`` is this machine, to which no proxy leads."""
    try:
        return url.host == "localhost" or ip_address(url.host).is_loopback
    except ValueError:
        return False
