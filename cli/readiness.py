"""When the stack may be called ready: what its processes answer, asked the way a user's browser would."""

import json
import urllib.error
import urllib.request
from http.client import HTTPException

import redis

TIMEOUT_S = 2.0


def redis_pending(url: str) -> str:
    """``Redis`` until the server at ``url`` answers a ping; a server that is loading its file does not yet."""
    try:
        with redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as client:
            client.ping()
    except redis.RedisError as error:
        return f"Redis ({error})"
    return ""


def api_pending(base_url: str) -> str:
    """What ``base_url`` lacks to be ready: the API, what the API itself waits for, or the UI."""
    status, body = _get(f"{base_url}/health/ready")
    if status != 200:
        return f"the API ({body or 'no answer yet'})"
    status, body = _get(f"{base_url}/")
    return "" if status == 200 else f"the UI ({status} {body})"


def _get(url: str) -> tuple[int, str]:
    """Status and the start of the body; status 0 when nobody answers. Proxies are not asked: it is this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.addheaders = [("Accept", "text/html, */*")]
    try:
        with opener.open(url, timeout=TIMEOUT_S) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, _summary(error.read(2000))
    except (OSError, HTTPException):
        return 0, ""


def _summary(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body))[:300]
    except ValueError:
        return body[:100].decode(errors="replace")
