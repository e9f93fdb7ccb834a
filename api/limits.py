"""How often one may ask: each account for everything together, each address and account for signing in.

Counts lie in Redis, so that all processes share them, and in this process's memory while Redis is away. In local mode
nobody counts.
"""

from math import ceil
from time import time

from flask import Flask, Response, request
from flask_limiter import HeaderNames, Limiter
from flask_limiter.errors import RateLimitExceeded
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from api.access import access_of
from api.asking import address, caller
from api.problems import Refused, refused
from triptych.settings import Settings

AN_HOUR = 10  # times what may be tried in a minute: of one account, whoever tries
REDIS_S = 1  # that it may take to say anything
UNSENT = "X-RateLimit-Retry-After"  # of the limiter, which says it of every answer, and over what others say


class Limits:
    """The counts of one application."""

    def __init__(self, settings: Settings) -> None:
        self._sign_ins = settings.sign_ins_a_minute
        self._limiter = Limiter(
            _who,
            application_limits=[f"{settings.requests_a_minute} per minute"] if settings.requests_a_minute else [],
            application_limits_exempt_when=_is_public,
            headers_enabled=True,
            header_name_mapping={HeaderNames.RETRY_AFTER: UNSENT},
            storage_uri=settings.redis.replace("unix://", "redis+unix://", 1),
            storage_options={"socket_timeout": REDIS_S, "socket_connect_timeout": REDIS_S},
            in_memory_fallback_enabled=True,
            key_prefix="triptych-limits",
            enabled=settings.has_accounts,
        )

    def register(self, app: Flask) -> None:
        """Have ``app`` count its requests, once it is known who asks."""
        app.after_request(_tell)  # what is registered first is done last
        self._limiter.init_app(app)
        app.register_error_handler(RateLimitExceeded, self._exceeded)

    def count_sign_in(self, email: str) -> None:
        """Count an attempt to come in as ``email`` from the address of the current request.

        Raises Refused when there were too many from it, or of that account.
        """
        self._count(RateLimitItemPerMinute(self._sign_ins), f"from {address()}")
        if email:
            self._count(RateLimitItemPerHour(self._sign_ins * AN_HOUR), f"as {email.lower()}")

    def _exceeded(self, _: RateLimitExceeded) -> Response:
        limit = self._limiter.current_limit
        assert limit is not None  # it is the one that was exceeded
        again_s = max(1, ceil(limit.window.reset_time - time()))
        most = f"you and your programs may ask {limit.limit.amount} times a minute"
        return refused(Refused(429, "rate_limited", f"{most}: try again in {again_s} s", again_s=again_s))

    def _count(self, most: RateLimitItem, which: str) -> None:
        limiter = self._limiter.limiter
        if not limiter.hit(most, "sign-in", which):
            again_s = max(1, round(limiter.get_window_stats(most, "sign-in", which).reset_time - time()))
            raise Refused(429, "rate_limited", f"that was tried too often: try again in {again_s} s", again_s=again_s)


def _who() -> str:
    return caller().user.id


def _is_public() -> bool:
    """What does not know who asks, and is not counted: files of the page, and what sign-ins are counted for."""
    return request.endpoint is None or access_of(request.endpoint).is_public


def _tell(response: Response) -> Response:
    """Tell what is left, under /v1 by the names that OpenAI's clients look for too."""
    told = response.headers
    told.pop(UNSENT, None)
    if request.path.startswith("/v1/") and "X-RateLimit-Limit" in told:
        told["X-RateLimit-Limit-Requests"] = told["X-RateLimit-Limit"]
        told["X-RateLimit-Remaining-Requests"] = told["X-RateLimit-Remaining"]
        told["X-RateLimit-Reset-Requests"] = f"{max(0, ceil(float(told['X-RateLimit-Reset']) - time()))}s"
    return response
