"""Which models are here: the known ones, and whatever else somebody put into the directory of weights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.engines import model_size
from pipelines.models.known import KnownModel, known_models

SUFFIXES = frozenset({".pt", ".safetensors", ".onnx", ".bin", ".gguf"})


@dataclass(frozen=True, slots=True)
class Found:
    """A model as it is on this machine: ``known`` is None for one that is in no list; no ``files``, it is not here."""

    name: str
    known: KnownModel | None
    files: Sequence[Path]

    @property
    def size_bytes(self) -> int | None:
        """What its weights take on the disk; None where they are not here, or a package holds more than them."""
        if not self.files or not all(path.suffix in SUFFIXES or path.name == "config.json" for path in self.files):
            return None
        return model_size.of_files(self.files)


def find_models(models_dir: Path) -> Mapping[str, Found]:
    """Every model that is known or here, by name. Looks at names and sizes alone."""
    known = [Found(one.name, one, one.find(models_dir)) for one in known_models().values()]
    taken = {path for model in known for path in model.files}
    return {model.name: model for model in [*known, *_others(models_dir, taken)]}


def remove(found: Found, models_dir: Path) -> None:
    """Take its files from the disk, and the folder that was its own. A process that has loaded it keeps it."""
    for path in found.files:
        path.unlink(missing_ok=True)
        folder = path.parent
        if folder.parent.parent == models_dir and not any(folder.iterdir()):
            folder.rmdir()


def _others(models_dir: Path, taken: set[Path]) -> Iterator[Found]:
    """``timm/mine.safetensors`` is ``timm/mine``, and so is all that lies in the folder ``timm/mine``."""
    files: dict[str, list[Path]] = {}
    for path in sorted(models_dir.glob("*/**/*")):
        if path.suffix in SUFFIXES and path.is_file() and path not in taken:
            family, entry = path.relative_to(models_dir).parts[:2]
            name = f"{family}/{entry.removesuffix(path.suffix)}"
            if name not in known_models():  # the other of two ways of laying it out
                files.setdefault(name, []).append(path)
    return (Found(name, None, tuple(paths)) for name, paths in files.items())
