"""How long to wait before the next try: longer each time, up to a bound, and not all at the same moment."""

from random import Random


def backoff_s(tries: int, first_s: float, longest_s: float, random: Random) -> float:
    """Seconds to wait after ``tries`` tries that failed: doubled each time, then somewhere in the upper half of it.

    Source: "equal jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    whole_s: float = min(longest_s, first_s * 2 ** min(tries - 1, 32))
    return whole_s * random.uniform(0.5, 1.0)
