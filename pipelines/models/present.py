"""Which models are here: the known ones, and whatever else somebody put into the directory of weights."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pipelines.engines import model_size
from pipelines.engines.fetching import is_being_fetched, remains
from pipelines.engines.weights_memory import float32_bytes
from pipelines.models.known import KnownModel, known_models

SUFFIXES = frozenset({".pt", ".safetensors", ".onnx", ".bin", ".gguf"})
LEVELS_BEHIND_LINK = 2  # as deep as sentence-transformers lays its files; what is linked to may be a whole disk
AS_FLOAT32 = frozenset({"embed", "entities", "open-clip", "timm"})  # the families that are loaded in that form


class CannotRemove(Exception):
    """The model's files cannot be taken from the disk now; the message says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A model as it is on this machine: ``known`` is None for one that is in no list; no ``files``, it is not here."""

    name: str
    known: KnownModel | None
    files: Sequence[Path]

    @property
    def size_bytes(self) -> int | None:
        """What its files take on the disk; None where they are not here, or a package holds more than them."""
        return model_size.of_files(self.files) if self._weights() else None

    @property
    def memory_bytes(self) -> int | None:
        """What a process needs to hold its weights: as its files tell, else as published; None where neither does."""
        published, weights = self.known.memory_bytes if self.known else None, self._weights()
        if weights and all(path.suffix == ".onnx" for path in weights):
            return model_size.of_files(weights)
        told = [path for path in weights if path.suffix == ".safetensors"]
        if self.name.partition("/")[0] not in AS_FLOAT32 or not told:
            return published
        return float32_bytes(told) or published

    def _weights(self) -> list[Path]:
        return [path for path in self.files if path.suffix in SUFFIXES]


def find_models(models_dir: Path) -> Mapping[str, Found]:
    """Every model that is known or here, by name. Looks at names and sizes alone."""
    known = [Found(one.name, one, _found(one, models_dir)) for one in known_models().values()]
    taken = {path for model in known for path in model.files}
    return {model.name: model for model in [*known, *_others(models_dir, taken)]}


def broken_off(name: str, models_dir: Path) -> list[Path]:
    """What a fetch of the model called ``name`` has left that was cancelled, or whose process died."""
    parts = sorted(models_dir.glob(f"{name.partition('/')[0]}/**/*.part"))
    return [path for path in parts if _name_of(path.with_suffix(""), models_dir) == name]


def remove(found: Found, models_dir: Path) -> None:
    """Take its files from the disk, what fetching them left, and the folders that were its own alone.

    A process that has loaded it keeps it. Raises CannotRemove while a job fetches it, and where the disk refuses.
    """
    left = [part.with_suffix("") for part in broken_off(found.name, models_dir)]
    own = models_dir / found.name
    if own.parent.is_symlink():
        raise CannotRemove(f"{own.parent.name} in the models' folder is a link: what it leads to is not ours to delete")
    # What a link leads to is not ours to delete.
    targets = [own] if own.is_symlink() else [*found.files, *left, *_files_in(own)]
    try:
        if any(map(is_being_fetched, targets)):
            raise CannotRemove(f"a job is fetching {found.name}: cancel it, or wait for it")
        for path in targets:
            for one in (path, *remains(path)):
                one.unlink(missing_ok=True)
            for folder in takewhile(lambda one: one.parent != models_dir, path.parents):
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
    except OSError as error:
        raise CannotRemove(f"{found.name} cannot be taken from the disk: {error}") from error


def _is_speakable(path: Path) -> bool:
    """Whether its name is text: bytes that are none have no place in JSON."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]


def _others(models_dir: Path, taken: set[Path]) -> Iterator[Found]:
    """``timm/mine.safetensors`` is ``timm/mine``, and so is all that lies in the folder ``timm/mine``."""
    files: dict[str, list[Path]] = {}
    for path in sorted(_files_of_entries(models_dir)):
        if path not in taken and _is_speakable(path):
            files.setdefault(_name_of(path, models_dir), []).append(path)
    return (
        Found(name, None, tuple(paths))
        for name, paths in files.items()
        if name not in known_models()  # the other of two ways of laying it out
        and any(path.suffix in SUFFIXES for path in paths)
    )


def _found(one: KnownModel, models_dir: Path) -> Sequence[Path]:
    """Its files; none where they are linked to and may not be looked at."""
    try:
        return one.find(models_dir)
    except OSError:
        return ()


def _files_of_entries(models_dir: Path) -> Iterator[Path]:
    """Each file that lies two levels down or deeper, but not behind a link to what the models' folder lies in."""
    for family in _entries(models_dir):
        for entry in _entries(family):
            if entry.name.startswith("."):  # as where weights are converted
                continue
            is_linked = family.is_symlink() or entry.is_symlink()
            if not (is_linked and _holds(models_dir, (family, entry))):
                yield from _files_at(entry, LEVELS_BEHIND_LINK if is_linked else None)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it is none, or may not be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _holds(models_dir: Path, links: Sequence[Path]) -> bool:
    inside = models_dir.resolve()
    return any(inside.is_relative_to(os.path.realpath(link)) for link in links)


def _files_at(entry: Path, levels: int | None) -> Iterator[Path]:
    """The entry, if it is a file, and those within so many ``levels``, all if None; further links are not followed."""
    if _is_file(entry):
        yield entry
    for folder, folders, names in os.walk(entry):  # passes over what may not be read
        yield from filter(_is_file, (Path(folder, name) for name in names))
        if levels is not None and len(Path(folder).relative_to(entry).parts) + 1 >= levels:
            folders.clear()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a link to where nobody may look
        return False


def _name_of(path: Path, models_dir: Path) -> str:
    family, entry, *within = path.relative_to(models_dir).parts
    return (
        f"{family}/{entry}" if within or path.suffix not in SUFFIXES else f"{family}/{entry.removesuffix(path.suffix)}"
    )
