"""Passwords: asked for without an echo at a terminal, else the next line of standard input; never an argument."""

import sys
from getpass import getpass

from cli.errors import NotUnderstood


def password_for(whom: str) -> str:
    """The password that ``whom`` comes in with. Raises NotUnderstood where none comes."""
    return _read(f"password of {whom}: ")


def new_password() -> str:
    """A password that is being chosen: at a terminal asked for twice. Raises NotUnderstood."""
    chosen = _read("new password, of at least twelve characters: ")
    if sys.stdin.isatty() and chosen != _read("once more: "):
        raise NotUnderstood("the two are not the same")
    return chosen


def _read(prompt: str) -> str:
    try:
        told = getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    except EOFError:
        told = ""
    if not told:
        raise NotUnderstood("no password came, at the terminal or as a line of standard input")
    return told
