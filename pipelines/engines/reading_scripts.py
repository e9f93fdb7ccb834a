"""The scripts that text is read in besides the package's own: PaddleOCR's recognisers, and where each is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pipelines.contract import Context
from pipelines.engines.fetching import Remote, fetch

# Where RapidOCR 3.10 says that they are (Apache-2.0). Each file carries its own dictionary.
HOST = "www.modelscope.cn"
PUBLISHED_AT = f"https://{HOST}/models/RapidAI/RapidOCR/resolve/v3.10.0/onnx"


class Script(StrEnum):
    """What a page is written in, as far as there is a recogniser for it."""

    DEFAULT = "default"  # Chinese, Japanese and the Latin alphabet, by what RapidOCR's package brings
    LATIN = "latin"
    ENGLISH = "english"
    CYRILLIC = "cyrillic"
    EAST_SLAVIC = "east-slavic"  # Russian, Ukrainian, Belarusian
    GREEK = "greek"
    ARABIC = "arabic"  # Persian, Urdu, Uyghur, Kurdish and others besides
    DEVANAGARI = "devanagari"
    TAMIL = "tamil"
    TELUGU = "telugu"
    KANNADA = "kannada"
    THAI = "thai"
    KOREAN = "korean"

    @property
    def runs_from_the_right(self) -> bool:
        """Whether its lines, columns and tables begin at the right."""
        return self is Script.ARABIC

    @property
    def is_read_by_default(self) -> bool:
        """Whether the package's own recogniser knows these letters too."""
        return self in (Script.LATIN, Script.ENGLISH)


@dataclass(frozen=True, slots=True)
class LineRecogniser:
    """A published recogniser of lines; ``folder`` is below ``rapidocr`` in the models' folder."""

    folder: str
    remote: Remote

    @property
    def name(self) -> str:
        """What the house calls it."""
        return f"rapidocr/{self.folder}"

    @property
    def model(self) -> str:
        """The name under which PaddleOCR's recognisers are known."""
        return self.file_name.removesuffix(".onnx")

    @property
    def file_name(self) -> str:
        """The file, named as it is published."""
        return self.remote.url.rpartition("/")[2]

    def path(self, models_dir: Path) -> Path:
        """Where the file lies, or will. One put there by hand is used as it is."""
        return models_dir / "rapidocr" / self.folder / self.file_name

    def ready(self, context: Context) -> Path:
        """The file's path, fetched first where it is not here yet. Raises as ``fetching.fetch`` does."""
        path = self.path(context.models_dir)
        if not path.is_file():
            fetch(self.remote, path, context)
        return path


# The beginning of each published file's name, and its SHA-256.
_PUBLISHED = {
    Script.LATIN: ("latin_PP-OCRv5", "b20bd37c168a570f583afbc8cd7925603890efbcdc000a59e22c269d160b5f5a"),
    Script.ENGLISH: ("en_PP-OCRv5", "c3461add59bb4323ecba96a492ab75e06dda42467c9e3d0c18db5d1d21924be8"),
    Script.CYRILLIC: ("cyrillic_PP-OCRv5", "90f761b4bfcce0c8c561c0cb5c887b0971d3ec01c32164bdf7374a35b0982711"),
    Script.EAST_SLAVIC: ("eslav_PP-OCRv5", "08705d6721849b1347d26187f15a5e362c431963a2a62bfff4feac578c489aab"),
    Script.GREEK: ("el_PP-OCRv5", "b4368bccd557123c702b7549fee6cd1e94b581337d1c9b65310f109131542b7f"),
    Script.ARABIC: ("arabic_PP-OCRv5", "c1192e632d0baa9146ae5b756a0e635e3dc63c1733737ebfd1629e87144e9295"),
    Script.DEVANAGARI: ("devanagari_PP-OCRv5", "d6f0a906580e3fa6b324a318718f1f31f268b6ea8ef985f91c2012a37f52c91e"),
    Script.TAMIL: ("ta_PP-OCRv5", "a42448808b7dea87597336f12438935f40353f1949e8360acd9e06b4da21bfe1"),
    Script.TELUGU: ("te_PP-OCRv5", "a3690451b50028a09a3316a1274f7c05728151ea3f8fd392696397a7fefcbd92"),
    Script.KANNADA: ("ka_PP-OCRv4", "9c1e186ea1d13cf6c853e57b42d382c3961fdd6acc2409e0d0dc44defc9f152b"),
    Script.THAI: ("th_PP-OCRv5", "de541dd83161c241ff426f7ecfd602a0ba77d686cf3ab9a6c255ea82fd08006e"),
    Script.KOREAN: ("korean_PP-OCRv5", "cd6e2ea50f6943ca7271eb8c56a877a5a90720b7047fe9c41a2e541a25773c9b"),
}


def _recogniser(script: Script) -> LineRecogniser:
    name, sha256 = _PUBLISHED[script]
    version = name.partition("_")[2]
    return LineRecogniser(script.value, Remote(f"{PUBLISHED_AT}/{version}/rec/{name}_rec_mobile.onnx", sha256))


RECOGNISERS: Mapping[Script, LineRecogniser] = MappingProxyType({script: _recogniser(script) for script in _PUBLISHED})
