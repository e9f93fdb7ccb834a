"""Secrets that the house gives out and recognises again: of sessions, keys, invitations."""

import base64
import hashlib
import hmac
import secrets

RANDOM_BYTES = 32  # 256 bits: nobody guesses one, and a plain hash of it is as good as a slow one


def new_token(prefix: str = "") -> str:
    """A secret that was never given out before, in characters that need no quoting anywhere."""
    return prefix + secrets.token_urlsafe(RANDOM_BYTES)


def hashed(token: str) -> str:
    """What is kept of it: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """What a page that may use the session can say, and one that merely sends its cookie cannot."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()


def derived(token: str, of: str) -> str:
    """Another secret, which whoever has ``token`` can make again and nobody else: 43 characters, as PKCE takes them."""
    mixed = hmac.digest(token.encode(), of.encode(), "sha256")
    return base64.urlsafe_b64encode(mixed).rstrip(b"=").decode()
