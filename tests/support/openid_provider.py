"""A real provider of OpenID Connect, run by node, and people who sign in there as a browser does."""

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from support.api_process import free_port
from support.until import LONGEST_S, at_most

PROGRAM = Path(__file__).with_suffix(".mjs")
HOUSE = "http://localhost:8000"
CALLBACK = f"{HOUSE}/api/v1/oidc/callback"
CLIENT, SECRET = "triptych", "100% secret: +/&="  # which has to be escaped wherever it goes
PUBLIC_CLIENT = "triptych-public"
MOST_STEPS = 20
_COMMON = {"redirect_uris": [CALLBACK], "post_logout_redirect_uris": [f"{HOUSE}/"]}
CLIENTS: Sequence[dict[str, Any]] = (  # Any: JSON
    {"client_id": CLIENT, "client_secret": SECRET, **_COMMON},
    {"client_id": PUBLIC_CLIENT, "token_endpoint_auth_method": "none", **_COMMON},
)


@dataclass(frozen=True)
class OpenIdProvider:
    """Where it answers, which is what it calls itself."""

    issuer: str

    def tell(self, subject: str, **claims: Any) -> None:
        """Have this be claimed of somebody from now on."""
        body = json.dumps(claims).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.issuer}/people/{subject}", body, method="PUT")):
            pass


@contextmanager
def running_provider(clients: Sequence[dict[str, Any]] = CLIENTS) -> Iterator[OpenIdProvider]:
    """Serve until the end of the block."""
    port, node = free_port(), shutil.which("node") or str(PROGRAM.parents[2] / ".venv" / "bin" / "node")
    issuer = f"http://127.0.0.1:{port}"
    told = json.dumps({"issuer": issuer, "port": port, "clients": clients})
    with subprocess.Popen([node, str(PROGRAM), told], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            with at_most(LONGEST_S, process.kill):
                while (line := process.stdout.readline()) != b"ready\n":
                    assert line, "the provider did not start"
            yield OpenIdProvider(issuer)
        finally:
            process.kill()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: each step is looked at."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Visitor:
    """Somebody's browser, as far as the provider sees it."""

    subject: str
    jar: CookieJar = field(default_factory=CookieJar)

    def sign_in(self, url: str, *, agrees: bool = True) -> str:
        """Say who they are and agree (or not) to whatever the provider asks; return where it leads back to."""
        form: dict[str, str] | None = None
        for _ in range(MOST_STEPS):
            status, location, text = self._ask(url, form)
            form = None
            if location is not None:
                url = urljoin(url, location)
                if url.startswith(HOUSE):
                    return url
                continue
            assert status == 200, text
            [action] = re.findall(r'<form[^>]* action="([^"]+)"', text)
            [prompt] = re.findall(r'name="prompt" value="([a-z]+)"', text)
            if not agrees:
                url = f"{action}/abort"
                continue
            url, form = urljoin(url, action), {"prompt": prompt, "login": self.subject, "password": "any"}
        raise AssertionError(f"it never led back: {url}")

    def sign_out(self, url: str) -> str:
        """Agree that the provider's session ends; return where that leads to."""
        status, _, text = self._ask(url, None)
        assert status == 200, text
        [action] = re.findall(r'<form[^>]* action="([^"]+)"', text)
        [token] = re.findall(r'name="xsrf" value="([^"]+)"', text)
        _, location, text = self._ask(urljoin(url, action), {"xsrf": token, "logout": "yes"})
        assert location is not None, text
        return location

    def _ask(self, url: str, form: dict[str, str] | None) -> tuple[int, str | None, str]:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _Stay)
        try:
            with opener.open(url, urlencode(form).encode() if form else None) as answer:
                return answer.status, None, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location"), answer.read().decode()
