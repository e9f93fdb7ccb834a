"""Clients of HTTP for this machine, past any proxy, and for others; each trusts whom the environment names."""

from typing import Any

import httpx2

from triptych.client.address import is_here
from triptych.client.patience import Patience


def client_of(url: httpx2.URL, patience: Patience, **more: Any) -> httpx2.Client:  # Any: httpx2's own
    """A client of what answers at ``url``; SSL_CERT_FILE holds on this machine too, where httpx2 reads no variables."""
    return httpx2.Client(
        timeout=httpx2.Timeout(patience.silence_s, connect=patience.connect_s),
        trust_env=not is_here(url),
        verify=httpx2.create_ssl_context() if url.scheme == "https" else True,
        **more,
    )
