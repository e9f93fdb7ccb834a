"""What a text's language may be, by its commonest words and its script, and what a word comes down to in it."""

# ruff: noqa: RUF001 -- letters of other scripts look like Latin ones

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from threading import local
from typing import Any

from triptych.memory.folding import Word, without_accents

# Snowball's stemmers (https://snowballstem.org/algorithms/) by ISO 639-1.
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

# The commonest words that tell little of what a text is about, folded (triptych/memory/folding.py). Enough to leave
# them out of a question, and to tell languages apart.
_COMMON = {
    "en": "the of and to in a an is it that was for on are with as at be this have from or by not but what which who "
    "when where how why were has had do does did there their they you your we our he she his her its will would can "
    "could should about into than then i me my so if all no been s t",
    "de": "der die das und in zu den dem des ist im ein eine einer eines einem einen nicht von mit auf fur sich es an "
    "als auch er sie wir ihr ich du hat haben war wird werden bei aus nach wie was wer wo wann warum welche welcher "
    "welches dass oder aber noch nur um am so man uber zum zur vom sind kann gibt",
    "fr": "le la les l de des d du et un une est en que qui quoi dans pour pas ne n sur au aux avec ce c cette ces il "
    "elle ils elles je j nous vous se s son sa ses par plus ou mais comme sont a ont ete etre quel quelle quels quand "
    "comment pourquoi qu y",
    "es": "el la los las de del y en un una unos unas es que se no por con para su sus al lo como mas o pero le les ha "
    "han fue son esta este estos estas ser yo tu nosotros ellos cual cuando donde quien porque si muy sobre hay",
    "it": "il lo la i gli le l di del della dei delle dello degli e un una uno che in non si per con da dal dalla come "
    "piu o ma sono ha hanno era essere io tu noi loro questo questa chi cosa quando dove perche quale nel nella al "
    "alla sul sulla",
    "pt": "o a os as de do da dos das e em no na nos nas um uma que se nao por com para seu sua ao aos como mais ou "
    "mas foi sao esta este isto ser eu voce nos eles qual quando onde quem porque pelo pela ha tem",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar door over bij uit naar die "
    "dit deze ik je jij hij zij we wij ze was waren heeft hebben wordt wie wat waar wanneer waarom hoe welke nog of",
    "sv": "och det att i en ett som pa ar av for med den till de inte om han hon jag vi ni var har hade sig men fran "
    "eller vad vem nar hur varfor vilken detta dessa kan ska",
    "da": "og det at i en et som pa er af for med den til de ikke om han hun jeg vi var har havde sig men fra eller "
    "hvad hvem hvor hvornar hvordan hvorfor hvilken dette disse kan skal",
    "no": "og det at i en et som pa er av for med den til de ikke om han hun jeg vi var har hadde seg men fra eller "
    "hva hvem hvor nar hvordan hvorfor hvilken dette disse kan skal",
    "pl": "i w na z do nie sie to jest ze o jak za od po ale co czy dla przez tym tego jego jej ich kto gdzie kiedy "
    "dlaczego ktory ktora ktore ma sa byl byla bylo oraz",
    "cs": "a v na se je to ze s z do o i k za by ale jak co pro kdo kde kdy proc ktery ktera ktere jsou byl byla "
    "bylo od po pri nebo jeho jeji tak",
    "tr": "ve bir bu da de icin ile ne mi mu o ki gibi daha cok en var yok olan olarak kim nerede nasil neden hangi "
    "ama veya ben sen biz siz onlar",
    "ru": "и в не на я что с он а как это по но из у за от то все она так его к же вы мы бы о для до они мне или ее ли "
    "кто где когда почему какои какая какие был была было были есть при чем",
    "el": "και το η ο του να τησ τα τον με για απο την που δεν ειναι θα στο τι στη σε οι μια ενα ποιοσ ποτε πωσ γιατι",
    "ar": "في من على ان الى عن هذا هذه التي الذي ما لا هو هي مع كان كل هل اين متى كيف لماذا او ثم",
    "hi": "के का की में है से को और पर यह एक हैं ने कि भी था जो तो ही हो क्या कौन कहां कब कैसे",
}
COMMON = {language: frozenset(words.split()) for language, words in _COMMON.items()}

# Which languages a script is likely to be of where no common word tells; of Latin letters those of most texts.
_SCRIPTS = (
    (re.compile("[a-z]"), ("en", "de", "fr", "es", "it", "pt", "nl")),
    (re.compile("[\u0400-\u052f]"), ("ru",)),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0600-\u06ff]"), ("ar", "fa")),
    (re.compile("[\u0900-\u097f]"), ("hi", "ne")),
    (re.compile("[\u0b80-\u0bff]"), ("ta",)),
    (re.compile("[\u0530-\u058f]"), ("hy",)),
)
_OF_THREAD = local()


def likely_languages(words: Sequence[Word]) -> tuple[str, ...]:
    """The languages, ISO 639-1, that have most common words among these; else those that have the words' letters."""
    told = Counter(language for word in words for language in _common_in(word.folded))
    if told:
        most = max(told.values())
        return tuple(language for language, count in told.items() if count == most)
    letters = "".join(word.folded for word in words if not word.is_piece)
    return tuple(language for script, of_script in _SCRIPTS if script.search(letters) for language in of_script)


def is_common(word: Word, languages: Iterable[str]) -> bool:
    """Whether the word says little in one of the languages."""
    return any(word.folded in COMMON.get(language, ()) for language in languages)


def stems(word: Word, languages: Iterable[str]) -> tuple[str, ...]:
    """What the word comes down to in each of the languages, folded, each once; that may be the word itself."""
    return () if word.is_piece else _stems(word.plain, tuple(languages))


@lru_cache(maxsize=65_536)
def _stems(plain: str, languages: Sequence[str]) -> tuple[str, ...]:
    found = (_stemmer(language) for language in languages if language in STEMMERS)
    folded = (without_accents(stemmer.stemWord(plain)) for stemmer in found)
    return tuple(dict.fromkeys(stem for stem in folded if stem))


def _stemmer(language: str) -> Any:  # Any: PyStemmer ships no types
    """A stemmer of the calling thread's: they have buffers of their own."""
    import Stemmer

    kept = _OF_THREAD.__dict__.setdefault("stemmers", {})
    if language not in kept:
        kept[language] = Stemmer.Stemmer(STEMMERS[language])
    return kept[language]


@lru_cache(maxsize=16_384)
def _common_in(folded: str) -> tuple[str, ...]:
    return tuple(language for language, words in COMMON.items() if folded in words)
