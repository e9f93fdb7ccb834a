"""How something is said beside how the rest is: faster, higher, louder, in another language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

# SSML 1.1 leaves the words' worth to whoever speaks; these are eSpeak NG's own (src/libespeak-ng/ssml.c).
RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "fast": 1.25, "x-fast": 1.6, "default": 1.0}
PITCHES = {"x-low": 0.7, "low": 0.85, "medium": 1.0, "high": 1.1, "x-high": 1.2, "default": 1.0}
VOLUMES_DB = {
    "silent": -120.0,
    "x-soft": -10.5,
    "soft": -3.7,
    "medium": 0.0,
    "loud": 3.5,
    "x-loud": 7.2,
    "default": 0.0,
}
# Stressed speech is slower, higher and louder; how much is ours.
EMPHASES = {
    "strong": (0.85, 1.2, 4.0),
    "moderate": (0.92, 1.1, 2.0),
    "none": (1.0, 1.0, 0.0),
    "reduced": (1.1, 0.95, -3.0),
}
SLOWEST, FASTEST = 0.25, 4.0
LOWEST, HIGHEST = 0.5, 2.0
QUIETEST_DB, LOUDEST_DB = -120.0, 12.0
_SHARE = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{1,3})?)%")
_SEMITONES = re.compile(r"([+-]\d{1,2}(?:\.\d{1,3})?)st")
_DECIBELS = re.compile(r"([+-]\d{1,3}(?:\.\d{1,3})?)dB")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Beside the rest of what is said: so many times as fast and as high, so much louder.

    ``language`` is a code such as ``de``, None for that of the rest.
    """

    rate: float = 1.0
    pitch: float = 1.0
    gain_db: float = 0.0
    language: str | None = None


PLAIN = Delivery()


def by_prosody(attributes: Mapping[str, str], outer: Delivery) -> Delivery:
    """What SSML's ``prosody`` makes of ``outer``. Raises ValueError for what is no rate, pitch or volume."""
    rate, pitch, gain_db = outer.rate, outer.pitch, outer.gain_db
    if "rate" in attributes:
        rate *= _times("rate", attributes["rate"], RATES, "80%, +20% or slow")
    if "pitch" in attributes:
        pitch *= _times("pitch", attributes["pitch"], PITCHES, "+10%, -2st or high")
    if "volume" in attributes:
        gain_db += _gain_db(attributes["volume"])
    return _within_bounds(replace(outer, rate=rate, pitch=pitch, gain_db=gain_db))


def by_emphasis(attributes: Mapping[str, str], outer: Delivery) -> Delivery:
    """What SSML's ``emphasis`` makes of ``outer``. Raises ValueError for a level that is none."""
    level = attributes.get("level", "moderate")
    if level not in EMPHASES:
        raise ValueError(f"an emphasis's level is one of {', '.join(EMPHASES)}, not {level[:50]!r}")
    rate, pitch, gain_db = EMPHASES[level]
    changed = replace(outer, rate=outer.rate * rate, pitch=outer.pitch * pitch, gain_db=outer.gain_db + gain_db)
    return _within_bounds(changed)


def _times(what: str, told: str, words: Mapping[str, float], such_as: str) -> float:
    """A signed share is a change, an unsigned one a multiple; so are semitones of pitch."""
    if told in words:
        return words[told]
    share, semitones = _SHARE.fullmatch(told), _SEMITONES.fullmatch(told)
    if share:
        changed = float(share[1] + share[2]) / 100
        return max(1 + changed if share[1] else changed, 0.01)
    if semitones and what == "pitch":
        return float(2 ** (float(semitones[1]) / 12))
    raise ValueError(f"a prosody's {what} is like {such_as}, not {told[:50]!r}")


def _gain_db(told: str) -> float:
    if told in VOLUMES_DB:
        return VOLUMES_DB[told]
    given = _DECIBELS.fullmatch(told)
    if given is None:
        raise ValueError(f"a prosody's volume is like +6dB, -3dB or loud, not {told[:50]!r}")
    return float(given[1])


def _within_bounds(delivery: Delivery) -> Delivery:
    return replace(
        delivery,
        rate=min(max(delivery.rate, SLOWEST), FASTEST),
        pitch=min(max(delivery.pitch, LOWEST), HIGHEST),
        gain_db=min(max(delivery.gain_db, QUIETEST_DB), LOUDEST_DB),
    )
