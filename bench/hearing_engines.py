"""One engine, once: loads, hears every file in ``home/sound``, and prints what that took as a line of JSON.

python -m bench.hearing_engines ENGINE HOME SIZE
"""

import json
import sys
import time
import wave
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from bench.energy import Energy
from bench.peak import PeakMemory

RATE_HZ = 16_000
BATCH_ON_CPU, BATCH_ON_GPU = 8, 64

Sound = NDArray[np.float32]
Hear = Callable[[Sequence[Path]], list[str]]
"""Files in, what is said in each out."""


def openai_whisper(home: Path, size: str) -> Hear:
    """As it comes, but that no window is prompted with the last one's text: the scripts' positions would move."""
    import torch
    import whisper

    model = whisper.load_model(str(home / "models" / "whisper" / f"{size}.pt"))
    half = torch.cuda.is_available()
    return lambda paths: [
        model.transcribe(_samples(path), condition_on_previous_text=False, fp16=half)["text"] for path in paths
    ]


def faster_whisper(home: Path, size: str) -> Hear:
    """One window at a time, greedy, with its own detector of speech."""
    model = _faster(home, size)
    return lambda paths: [
        _joined(model.transcribe(_samples(path), beam_size=1, condition_on_previous_text=False, vad_filter=True))
        for path in paths
    ]


def faster_whisper_batched(home: Path, size: str) -> Hear:
    """Its batched pipeline, which works on one file at a time."""
    from faster_whisper import BatchedInferencePipeline

    model = BatchedInferencePipeline(_faster(home, size))
    size_of_batch = _batch()
    return lambda paths: [
        _joined(
            model.transcribe(
                _samples(path), beam_size=1, batch_size=size_of_batch, without_timestamps=False, vad_filter=True
            )
        )
        for path in paths
    ]


def transformers_pipeline(home: Path, _: str) -> Hear:
    """Hugging Face's pipeline for long files, in batches, which may hold windows of several files."""
    import torch

    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    from transformers import pipeline

    gpu = torch.cuda.is_available()
    hears = pipeline(
        "automatic-speech-recognition",
        str(home / "transformers"),
        device=0 if gpu else -1,
        dtype=torch.bfloat16 if gpu else torch.float32,
        chunk_length_s=30,
        batch_size=_batch(),
    )
    return lambda paths: [told["text"] for told in hears([_samples(path) for path in paths], return_timestamps=True)]


def triptych(home: Path, size: str) -> Hear:
    """``audio.transcribe`` as a worker runs it; several files in as many threads, which share one model."""
    from pipelines.contract import Source
    from pipelines.engines.model_cache import BoundedModelCache
    from pipelines.standalone import run_pipeline, standalone_context

    models = BoundedModelCache(64 << 30)

    def hear_one(path: Path) -> str:
        workdir = home / "work" / path.stem
        workdir.mkdir(parents=True, exist_ok=True)
        source = Source(path, path.name, "audio/wav", path.stat().st_size)
        context = standalone_context(workdir, home / "models", models)
        params = {"engine": "ctranslate2", "size": size}
        return str(run_pipeline("audio.transcribe", [source], params, context).result.body["text"])

    def hear(paths: Sequence[Path]) -> list[str]:
        with ThreadPoolExecutor(len(paths)) as threads:
            return list(threads.map(hear_one, paths))

    return hear


ENGINES: dict[str, Callable[[Path, str], Hear]] = {
    "openai-whisper": openai_whisper,
    "faster-whisper": faster_whisper,
    "faster-whisper, batched": faster_whisper_batched,
    "transformers' pipeline": transformers_pipeline,
    "Triptych": triptych,
}


def _faster(home: Path, size: str) -> Any:  # Any: faster-whisper ships no types that hold here
    import ctranslate2
    from faster_whisper import WhisperModel

    gpu = bool(ctranslate2.get_cuda_device_count())
    folder = str(home / "models" / "faster-whisper" / size)
    return WhisperModel(folder, device="cuda" if gpu else "cpu", compute_type="bfloat16" if gpu else "int8")


def _joined(told: Any) -> str:
    return " ".join(segment.text for segment in told[0])


def _batch() -> int:
    import ctranslate2

    return BATCH_ON_GPU if ctranslate2.get_cuda_device_count() else BATCH_ON_CPU


def _samples(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return pcm.astype(np.float32) / np.float32(32768)


def main() -> None:
    """Warm up on the first seconds of the first file, then hear all."""
    engine, home, size = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    hear = ENGINES[engine](home, size)
    hear([_beginning(home)])
    paths = sorted((home / "sound").iterdir())
    with PeakMemory([psutil.Process()]) as memory, Energy() as energy:
        began = time.perf_counter()
        texts = hear(paths)
        took_s = time.perf_counter() - began
    told = {
        "took_s": took_s,
        "sound_s": sum(len(_samples(path)) for path in paths) / RATE_HZ,
        "words": sum(len(text.split()) for text in texts),
        "peak_mib": memory.peak_mib,
        "joules": energy.joules,
        "gpu_busy": energy.gpu_busy,
    }
    print(json.dumps(told))


def _beginning(home: Path) -> Path:
    path = home / "beginning.wav"
    first = min((home / "sound").iterdir())
    with wave.open(str(first)) as whole, wave.open(str(path), "wb") as file:
        file.setparams(whole.getparams())
        file.writeframes(whole.readframes(5 * RATE_HZ))
    return path


if __name__ == "__main__":
    main()
