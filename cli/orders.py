"""What a command line asks for: which files and texts, with which pipeline and parameters, before anything is sent."""

import codecs
import json
import mimetypes
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import filetype

from cli.errors import NotUnderstood
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


@dataclass(frozen=True, slots=True)
class Order:
    """One job to ask for, and what it is called meanwhile."""

    name: str
    pipeline: str
    sources: tuple[Source, ...] = ()
    text: str | None = None


def orders(sources: Sequence[Source], text: str | None, pipeline: str | None, *, together: bool) -> list[Order]:
    """The jobs that files or a text mean: one each, or one ``together``. Raises NotUnderstood."""
    if text is not None:
        if sources:
            raise NotUnderstood("give files or --text, not both")
        return [Order("text", pipeline or BY_MEDIUM["text"], text=text)]
    if not sources:
        raise NotUnderstood("there is nothing to do: give files, - for standard input, or --text")
    if together:
        if pipeline is None:
            raise NotUnderstood("--together wants a --pipeline: which one works on several files at once?")
        return [Order(", ".join(source.name for source in sources), pipeline, tuple(sources))]
    return [Order(source.name, pipeline or pipeline_for(source), (source,)) for source in sources]


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
def sources_of(files: Sequence[str]) -> Iterator[list[Source]]:
    """The files that were named, standard input among them, which is held on the disk for the block.

    Raises NotUnderstood for what is not there or is no file, before anything is sent.
    """
    if files.count(STDIN) > 1:
        raise NotUnderstood("standard input can be read once: give - once")
    with TemporaryDirectory(prefix="triptych-") as folder:
        yield [_stdin(Path(folder)) if file == STDIN else _file(Path(file)) for file in files]


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


def _file(path: Path) -> Source:
    if path.is_fifo() or path.is_char_device():
        raise NotUnderstood(
            f"{path}: it is a pipe or a device, which can be read but once: give it as standard input, by {STDIN}"
        )
    try:
        return Source.of_path(path)
    except OSError as error:
        raise NotUnderstood(f"{path}: {error.strerror or 'it is a folder'}") from None


def _stdin(folder: Path) -> Source:
    path = folder / "stdin"
    with path.open("wb") as file:
        while piece := sys.stdin.buffer.read(PIECE_BYTES):
            file.write(piece)
    return replace(Source.of_path(path), identity="")
