"""Settings that are URLs: each kind is refused where it is more than is wanted of it."""

from ipaddress import ip_address
from typing import Annotated, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def is_address(host: str) -> bool:
    """Whether it is an IP address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_private_way(url: str) -> bool:
    """Whether nobody on the way can read or change what is sent: by TLS, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _origin(url: str) -> str:
    """Links and the cookies' names are made of it: it is no more than a scheme, a name and a port."""
    if not url:
        return url
    parts = _web(url, "https://triptych.example")
    if "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("a name and perhaps a port are needed, and nothing behind them")
    return url.rstrip("/").lower()


def _bucket(url: str) -> str:
    """Keys are told by AWS' own variables, and nothing else is told here."""
    parts = urlsplit(url)
    if url and (parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment):
        raise ValueError("a bucket is needed, such as s3://bucket/prefix; AWS_* variables tell the rest")
    return url.rstrip("/")


def _base(url: str) -> str:
    """A user, a query or a fragment would be told in places where no secret belongs."""
    if not url:
        return url
    parts = _web(url, "http://127.0.0.1:11434/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("a plain base URL is needed: the key belongs in TRIPTYCH_ANSWER_KEY")
    return url.rstrip("/")


def _issuer(url: str) -> str:
    """It is kept as it is told: a provider's tokens name it to the letter."""
    if not url:
        return url
    parts = _web(url, "https://id.example/realms/house")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("an issuer has neither user, query nor fragment")
    if not is_private_way(url):
        raise ValueError("whoever reads on the way could sign in: https is needed, but for this machine itself")
    return url


def _web(url: str, example: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(f"an http or https URL is needed, such as {example}")
    return parts


Origin: TypeAlias = Annotated[str, AfterValidator(_origin)]
Bucket: TypeAlias = Annotated[str, AfterValidator(_bucket)]
BaseUrl: TypeAlias = Annotated[str, AfterValidator(_base)]
Issuer: TypeAlias = Annotated[str, AfterValidator(_issuer)]
