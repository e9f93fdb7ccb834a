"""What can go wrong between a program and the API, as exceptions that tell a program what to do about it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triptych.client.records.job import Job
    from triptych.client.records.problem import FieldError, Problem

NO_TLS = re.compile("wrong.version.number|record.layer.failure", re.IGNORECASE)  # in OpenSSL's words, and since 3.2


class ClientError(Exception):
    """Base of everything that this package raises; its text is one line for people."""


class Unreachable(ClientError):
    """Nobody answers at ``url``, or the connection breaks however often it is tried."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} does not answer: {why}")
        self.url = url


def words_of(error: Exception) -> str:
    """What a connection's error says to people: without the number of it, and with the mend where it is known."""
    said = re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
    return "it speaks no TLS: begin the address with http://" if NO_TLS.search(said) else said


class Unusable(ClientError):
    """What was given, such as the address or the key, can be none; the message says why. Nothing was sent."""


class Misunderstood(ClientError):
    """What answers is no Triptych, or one of another version; the message says what it sent."""


class Incomplete(ClientError):
    """What was fetched is not what the server has: it is cut off, or its hash is another."""


class JobFailed(ClientError):
    """The ``job`` that was waited for failed or was cancelled."""

    def __init__(self, job: "Job") -> None:
        why = f": {job.error.message}" if job.error else ""
        super().__init__(f"the job {job.id} {'failed' if job.error else 'was cancelled'}{why}")
        self.job = job


class NoOutput(ClientError):
    """The job made nothing of that name."""

    def __init__(self, job: "Job", name: str) -> None:
        there = ", ".join(output.name for output in job.outputs) or "none"
        super().__init__(f"the job {job.id} has no output {name!r}; there are: {there}")


class Refused(ClientError):
    """The API said no. ``problem`` is what it told (RFC 9457); ``again_s``: in how many seconds it may say yes."""

    def __init__(self, problem: "Problem", again_s: float | None = None) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem
        self.again_s = again_s

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def code(self) -> str:
        """The stable code of ``docs/api.md``."""
        return self.problem.code

    @property
    def detail(self) -> str:
        """What is wrong and what to do, for people."""
        return self.problem.detail

    @property
    def errors(self) -> "Sequence[FieldError]":
        """Which values are wrong, and how, where the API says so."""
        return self.problem.errors


class NotAllowed(Refused):
    """The key is missing, unknown, expired or may not do this (401, 403)."""


class NotFound(Refused):
    """There is no such thing, or it is somebody else's (404)."""
