"""The languages that can be spoken, and what each speaker calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as eSpeak NG and as gTTS know it; None where one does not.

    ``google_host`` ends the name of the Google Translate host, which is how gTTS is told an accent.
    """

    espeak: str | None
    google: str | None
    google_host: str = "com"


_BOTH = (  # under one code
    "af am ar bg bn bs ca cs cy da de el es et eu fi gu hi hr hu id is it ja kn ko la lt lv ml mr ms my ne nl pa pl"
    " ro ru si sk sq sr sv sw ta te th tr uk ur vi yue"
)
_ESPEAK_ALONE = (
    "an as az ba be bpy cv eo fa ga gd gn grc haw ht hy ia io jbo ka kk kl kok ku ky lb lfn ltg mi mk mt nci nog"
    " om or pap qu quc sd sl smj tk tn tt ug uz"
)
_GOOGLE_ALONE = "gl ha km su tl"
_UNEVEN = {
    "en": Tongue("en-us", "en"),
    "en-us": Tongue("en-us", "en", "us"),
    "en-gb": Tongue("en", "en", "co.uk"),
    "en-au": Tongue(None, "en", "com.au"),
    "en-in": Tongue(None, "en", "co.in"),
    "es-419": Tongue("es-419", "es", "com.mx"),
    "fr": Tongue("fr", "fr"),
    "fr-be": Tongue("fr-be", None),
    "fr-ca": Tongue(None, "fr-CA"),
    "fr-ch": Tongue("fr-ch", None),
    "he": Tongue("he", "iw"),
    "jv": Tongue(None, "jw"),
    "nb": Tongue("nb", "no"),
    "pt": Tongue("pt", "pt-PT"),
    "pt-br": Tongue("pt-br", "pt"),
    "zh": Tongue("cmn", "zh-CN"),
    "zh-tw": Tongue("cmn", "zh-TW"),
}

TONGUES: Mapping[str, Tongue] = MappingProxyType(
    dict(
        sorted(
            {
                **{code: Tongue(code, code) for code in _BOTH.split()},
                **{code: Tongue(code, None) for code in _ESPEAK_ALONE.split()},
                **{code: Tongue(None, code) for code in _GOOGLE_ALONE.split()},
                **_UNEVEN,
            }.items()
        )
    )
)


def known_tongue(code: str) -> str:
    """Return ``code``; ValueError when it is no language that can be spoken."""
    if code not in TONGUES:
        raise ValueError(f"{code!r} cannot be spoken; there are: {', '.join(TONGUES)}")
    return code


def tongue_of(tag: str) -> Tongue | None:
    """The tongue that a language tag (BCP 47), such as ``de-CH``, asks for, or its language's own; None for none."""
    code = tag.lower()
    return TONGUES.get(code) or TONGUES.get(code.partition("-")[0])
