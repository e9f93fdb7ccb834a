"""The browser's tests of a house where people sign in, in front of the API alone."""

import os
import shutil
import subprocess

import pytest
from support.accounts import an_account, signed_in
from support.api_process import served_api
from support.local_stack import ROOT

pytestmark = pytest.mark.browser

LIMIT_S = 300  # a bound for a hung browser, never what is measured


def test_the_house_does_in_chromium_what_its_tests_say(sqlite_store) -> None:
    npm = shutil.which("npm") or str(ROOT / ".venv" / "bin" / "npm")
    ada = signed_in(sqlite_store, an_account(sqlite_store))
    with served_api(sqlite_store.settings, TRIPTYCH_ACCOUNTS="1") as served:
        done = subprocess.run(
            [npm, "--prefix", str(ROOT / "ui"), "run", "test:browser"],
            env={**os.environ, "TRIPTYCH_TESTS": "house", "TRIPTYCH_URL": served.url, "TRIPTYCH_SESSION": ada.token},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    assert done.returncode == 0, done.stdout
