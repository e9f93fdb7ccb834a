"""Where Whisper's weights lie in CTranslate2's form, and making them of the published ones where they do not."""

import importlib.util
import json
from pathlib import Path

from pipelines.contract import Context
from pipelines.engines.fetching import alone
from pipelines.engines.selection import AVAILABLE, Availability, Surroundings
from pipelines.engines.whisper_weights import WhisperSize, availability, canonical, local_path, weights

SOURCE = "source.json"  # what the folder was made of; one that was put there by hand has none


def local_folder(size: WhisperSize, models_dir: Path) -> Path:
    """Where the converted weights lie, or will: laid out as faster-whisper's own on the hub."""
    return models_dir / "faster-whisper" / canonical(size).value


def ct2_availability(size: WhisperSize, surroundings: Surroundings) -> Availability:
    """Whether CTranslate2 can run Whisper of ``size``: converted weights are here, or published ones can be had."""
    if importlib.util.find_spec("faster_whisper") is None:
        return Availability(False, "the package faster-whisper is not installed")
    if _is_complete(local_folder(size, surroundings.models_dir)):
        return AVAILABLE
    return availability(size, surroundings)


def weights_files(size: WhisperSize, models_dir: Path) -> list[Path]:
    """The files that say what Whisper of ``size`` is here."""
    folder = local_folder(size, models_dir)
    put_by_hand = _is_complete(folder) and not (folder / SOURCE).exists()
    return [folder / "model.bin"] if put_by_hand else [local_path(size, models_dir)]


def folder_files(folder: Path) -> list[Path]:
    """All that a folder of converted weights holds; nothing where it is not whole."""
    return sorted(path for path in folder.iterdir() if path.is_file()) if _is_complete(folder) else []


def ready_folder(size: WhisperSize, context: Context) -> Path:
    """The folder of the converted weights; fetched and converted first where they are not here, or no longer the same.

    Raises TransientFailure when fetching fails, DownloadAway when the server does not answer, EngineUnavailable when
    the published file holds no weights.
    """
    folder = local_folder(size, context.models_dir)
    checkpoint = local_path(size, context.models_dir)
    if _is_complete(folder) and _is_made_of(folder, checkpoint):
        return folder
    checkpoint = weights(size, context)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_name(f".{folder.name}"), context):
        if _is_complete(folder) and _is_made_of(folder, checkpoint):  # another process has converted it meanwhile
            return folder
        context.progress(None, f"converting Whisper {size}")
        context.check()
        from pipelines.engines.ct2_conversion import convert  # loads torch, which running does not need

        convert(checkpoint, canonical(size).value, folder)
    return folder


def _is_complete(folder: Path) -> bool:
    return (folder / "model.bin").is_file() and (folder / "tokenizer.json").is_file()


def _is_made_of(folder: Path, checkpoint: Path) -> bool:
    """Whether the folder was put there by hand, or made of the file as it is, or of one that has gone since."""
    try:
        made_of = json.loads((folder / SOURCE).read_text())
        found = checkpoint.stat()
    except FileNotFoundError:
        return True
    return bool(made_of == [found.st_size, found.st_mtime_ns])
