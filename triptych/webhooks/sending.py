"""One attempt to deliver: the URL is checked anew, what is sent is signed, and whatever comes of it is an outcome."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib.metadata import version
from time import monotonic

from triptych.database import Clock
from triptych.exchange import Resolver, system_addresses
from triptych.webhooks.claiming import Claimed
from triptych.webhooks.posting import Answer, post, storable
from triptych.webhooks.schedule import retry_after_s
from triptych.webhooks.signing import signed_headers
from triptych.webhooks.targets import BadTarget, Reach, find_target
from triptych.webhooks.values import Attempt

MAX_ERROR_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went; ``retry_after_s``: how long the receiver wants to be left alone, where it says so."""

    claimed: Claimed
    attempt: Attempt
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends from one machine: how it resolves names, what it may reach, whose certificates it trusts, its clocks."""

    reach: Reach
    clock: Clock
    resolve: Resolver = system_addresses
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    running_clock: Callable[[], float] = monotonic

    def send(self, claimed: Claimed) -> Outcome:
        """Send the delivery once. It takes as long as resolving a name does, and ``posting.WHOLE_S`` at most."""
        at, began = self.clock(), self.running_clock()
        answer, error = self._answered(claimed, at)
        error = error if answer is None else _refusal(answer.status)
        attempt = Attempt(
            at=at,
            duration_s=self.running_clock() - began,
            status=answer.status if answer else None,
            answer=answer.text if answer else "",
            error=error and storable(error[:MAX_ERROR_CHARACTERS]),
        )
        return Outcome(claimed, attempt, retry_after_s(answer.retry_after, at) if answer else None)

    def _answered(self, claimed: Claimed, at: float) -> tuple[Answer | None, str | None]:
        """What was answered, or why nothing was."""
        body = claimed.delivery.body.encode()
        headers = {
            "User-Agent": f"Triptych/{version('triptych')}",
            "Content-Type": "application/json",
            **signed_headers(claimed.secrets, claimed.delivery.event_id, int(at), body),
        }
        try:
            target = find_target(claimed.url, self.reach, self.resolve)
            return post(target, headers, body, self.tls, self.running_clock), None
        except BadTarget as error:
            return None, f"not sent: {error}"
        except (OSError, HTTPException) as error:
            return None, f"{type(error).__name__}: {error}"


def _refusal(status: int) -> str | None:
    """Why a status does not count as delivered; None where it does."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"it answered {status}, and redirects are not followed"
    return f"it answered {status}"
