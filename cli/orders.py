"""What a command line asks for: which files and texts, with which pipeline and parameters, before anything is sent."""

import codecs
import json
import mimetypes
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import filetype

from cli.errors import NotUnderstood, Unreadable
from triptych.client import Source

STDIN = "-"
PIECE_BYTES = 1 << 20
LOOKED_AT_BYTES = 8192
BY_MEDIUM = {
    "audio": "audio.transcribe",
    "video": "audio.transcribe",
    "image": "image.analyze",
    "text": "text.summarize",
    "application/pdf": "text.summarize",
}


OnBad = Callable[[Unreadable | NotUnderstood], None]
"""Told why a file cannot be taken."""


def refuse_all(why: Unreadable | NotUnderstood) -> NoReturn:
    """Let one file that cannot be taken keep all others from it."""
    raise why


@dataclass(frozen=True, slots=True)
class Order:
    """One job to ask for, and what it is called meanwhile."""

    name: str
    pipeline: str
    sources: tuple[Source, ...] = ()
    text: str | None = None


def order_of_text(text: str, pipeline: str | None) -> Order:
    """The job that a text means."""
    return Order("text", pipeline or BY_MEDIUM["text"], text=text)


def order_together(sources: Sequence[Source], pipeline: str | None) -> Order:
    """The one job that files mean together. Raises NotUnderstood."""
    if pipeline is None:
        raise NotUnderstood("--together wants a --pipeline: which one works on several files at once?")
    return Order(", ".join(source.name for source in sources), pipeline, tuple(sources))


def orders_of_each(sources: Sequence[Source], pipeline: str | None, on_bad: OnBad) -> Iterator[Order]:
    """The jobs that files mean, one each; ``on_bad`` is told of those of which nobody can say which."""
    for source in sources:
        try:
            yield Order(source.name, pipeline or pipeline_for(source), (source,))
        except NotUnderstood as why:
            on_bad(why)
        except OSError as error:
            on_bad(Unreadable(f"{source.name}: {error.strerror or error}"))


def params_of(given: Sequence[str]) -> dict[str, Any]:  # Any: JSON
    """``NAME=VALUE`` as parameters; a value that is no JSON is text. Raises NotUnderstood."""
    params = {}
    for one in given:
        name, is_there, value = one.partition("=")
        if not name or not is_there:
            raise NotUnderstood(f"--param {one}: write NAME=VALUE, such as language=en")
        try:
            params[name] = json.loads(value)
        except ValueError:
            params[name] = value
    return params


@contextmanager
def sources_of(files: Sequence[str], on_bad: OnBad = refuse_all) -> Iterator[list[Source]]:
    """The files that were named, standard input among them, which is held on the disk for the block.

    ``on_bad`` is told of those that are not there or are no files, before anything is sent. Raises NotUnderstood.
    """
    if files.count(STDIN) > 1:
        raise NotUnderstood("standard input can be read once: give - once")
    with TemporaryDirectory(prefix="triptych-") as folder:
        yield list(_sources(files, Path(folder), on_bad))


def text_of_stdin() -> str:
    """Standard input, to its end. Raises NotUnderstood for what is no text."""
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"standard input is no text in UTF-8: {error.reason} at byte {error.start}") from None


def pipeline_for(source: Source) -> str:
    """What is done with a file of its medium, told by its name or else by its content. Raises NotUnderstood."""
    media_type = mimetypes.guess_type(source.name)[0] or _by_content(source) or "unknown"
    for one in (media_type, media_type.partition("/")[0]):
        if one in BY_MEDIUM:
            return BY_MEDIUM[one]
    raise NotUnderstood(f"{source.name}: what should be done with it? Say it with --pipeline")


def _by_content(source: Source) -> str | None:
    with source.open() as file:
        beginning = file.read(LOOKED_AT_BYTES)
    found = filetype.guess(beginning)
    if found is not None:
        return str(found.mime)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)  # a character may be cut at the piece's end
    except UnicodeDecodeError:
        return None
    return None if b"\0" in beginning else "text/plain"


def _sources(files: Sequence[str], folder: Path, on_bad: OnBad) -> Iterator[Source]:
    for file in files:
        try:
            yield _stdin(folder) if file == STDIN else _file(Path(file))
        except Unreadable as why:
            on_bad(why)


def _file(path: Path) -> Source:
    if path.is_fifo() or path.is_char_device():
        raise Unreadable(
            f"{path}: it is a pipe or a device, which can be read but once: give it as standard input, by {STDIN}"
        )
    try:
        return Source.of_path(path)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or 'it is a folder'}") from None


def _stdin(folder: Path) -> Source:
    path = folder / "stdin"
    with path.open("wb") as file:
        while piece := sys.stdin.buffer.read(PIECE_BYTES):
            file.write(piece)
    return replace(Source.of_path(path), identity="")
