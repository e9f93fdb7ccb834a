"""uv, which installs in a third of pip's time: found or brought, and told what pip is configured to install from."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scripts.bootstrap.command import run_logged
from scripts.bootstrap.errors import CannotPrepare
from scripts.bootstrap.progress import Progress

NAME = "uv"
# pip's options, of its files and of PIP_* variables, as uv calls them; several values are joined by the second.
# https://pip.pypa.io/en/stable/topics/configuration/, https://docs.astral.sh/uv/reference/environment/
CALLED = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
}
LAST_WORD = ("global", "install", ":env:")  # of pip's sections the later overrules the earlier
_OPTION = re.compile(r"(?P<section>[^.]+)\.(?P<option>[\w-]+)='(?P<value>.*)'")


def find_uv(venv: Path, pip_install: tuple[str, ...], log: Path, progress: Progress) -> str | None:
    """A uv that is here, else one that pip brings into ``venv``; None where it cannot."""
    found = shutil.which(NAME) or shutil.which(NAME, path=venv / "bin")
    if found is None:
        progress.begin("bringing uv, which installs the rest")
        try:
            run_logged((*pip_install, NAME), cwd=venv.parent, log=log, progress=progress, mend="")
        except CannotPrepare:  # what is wrong is told when pip has to install everything
            return None
        progress.end()
    return found or shutil.which(NAME, path=venv / "bin")


def sources_of_pip(python: Path) -> dict[str, str]:
    """The environment in which uv installs from where this Python's pip would."""
    told = subprocess.run(
        (str(python), "-m", "pip", "--disable-pip-version-check", "config", "list"),
        capture_output=True,
        text=True,
        check=False,
    )
    return as_uv_is_told(told.stdout, os.environ)


def as_uv_is_told(config_list: str, environment: Mapping[str, str]) -> dict[str, str]:
    """``pip config list`` as variables of uv's; one that is set in ``environment`` already is left as it is."""
    options: dict[str, str] = {}
    found = [match for line in config_list.splitlines() if (match := _OPTION.fullmatch(line.strip()))]
    for section in LAST_WORD:
        options.update({match["option"]: match["value"] for match in found if match["section"] == section})
    told = {
        variable: between.join(options[option].replace("\\n", " ").split())
        for option, (variable, between) in CALLED.items()
        if option in options and variable not in environment
    }
    if "UV_INDEX" in told:  # pip looks for the best version in all of them
        told.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return told
