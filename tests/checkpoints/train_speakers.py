"""``python -m tests.checkpoints.train_speakers``: trains the speakers checkpoint, which knows eSpeak NG's voices apart.

A small network over time with statistics pooled (x-vectors: Snyder et al. 2018, doi:10.1109/ICASSP.2018.8461375) under
an additive angular margin (ArcFace: Deng et al. 2019, arXiv:1801.07698), which is how WeSpeaker's models
are trained too. It is written as WeSpeaker exports them: ``feats`` of shape (B, T, 80), the log filter bank of 16-bit
samples under Hamming's window less its mean, give ``embs``. That takes ten minutes of one core.
"""

import argparse
import random
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from checkpoints.onnx_file import Graph
from checkpoints.spoken_digits import Speaker
from checkpoints.spoken_voices import FILE, TRAINED, training_speech
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pipelines.media.filter_bank import BANDS, STEP, Taper, filter_bank

WIDTH, WIDER, DIMENSIONS = 96, 192, 64
LAYERS = (
    (BANDS, WIDTH, 5, 1),
    (WIDTH, WIDTH, 3, 2),
    (WIDTH, WIDTH, 3, 3),
    (WIDTH, WIDER, 1, 1),
)  # in, out, taps, apart
UTTERANCES = 12  # of each variant at each pace
PACES = (0.88, 1.0, 1.13)  # a variant played slower, as it is and faster: three speakers
SPEAKERS_AT_ONCE, CROPS = 40, 2
SHORTEST, LONGEST = 70, 200  # frames of 10 ms
MARGIN, SCALE = 0.2, 30.0

Bank = list[list[NDArray[np.float32]]]
"""The frames (T, 80) of every utterance of every speaker."""


class Embedder(nn.Module):
    """Frames of a voice in, a direction out: (B, T, 80) gives (B, ``DIMENSIONS``)."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(nn.Conv1d(a, b, taps, dilation=apart) for a, b, taps, apart in LAYERS)
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) for _, b, _, _ in LAYERS)
        self.last = nn.Linear(2 * WIDER, DIMENSIONS)

    def forward(self, feats: torch.Tensor) -> torch.Tensor:
        x = feats.transpose(1, 2)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = torch.relu(norm(convolution(x)))
        mean = x.mean(2)
        spread = ((x - mean[:, :, None]).square().mean(2) + 1e-5).sqrt()
        return self.last(torch.cat([mean, spread], 1))


def main() -> None:
    """Train and write the checkpoint."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--steps", type=int, default=1500)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--target", type=Path, default=FILE)
    options = asked.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    speaker = Speaker()
    noise = np.random.default_rng(options.seed)
    bank = [utterances for variant in TRAINED for utterances in said_by(speaker, variant, chance, noise)]
    embedder = Embedder()
    train(embedder, bank, options.steps, noise)
    options.target.write_bytes(exported(embedder.eval(), bank, noise))


def train(embedder: Embedder, bank: Bank, steps: int, chance: np.random.Generator) -> None:
    """Tell every speaker of ``bank`` from all the others."""
    centres = nn.Parameter(torch.randn(len(bank), DIMENSIONS) * 0.1)
    learnt = [*embedder.parameters(), centres]
    optimizer = torch.optim.AdamW(learnt, 2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps, pct_start=0.1)
    began = time.monotonic()
    for step in range(steps):
        feats, right = batch_of(bank, chance)
        margin = MARGIN * min(2 * step / steps, 1.0)
        found = functional.normalize(embedder(feats)) @ functional.normalize(centres).T
        angles = found.clamp(-0.9999, 0.9999).acos()
        wanted = functional.one_hot(right, len(centres)) * margin
        loss = functional.cross_entropy(SCALE * (angles + wanted).cos(), right)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 5.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            share = float((found.argmax(1) == right).float().mean())
            sys.stdout.write(f"{time.monotonic() - began:6.0f} s, step {step}: {loss.item():.3f}, right {share:.2f}\n")
            sys.stdout.flush()


def batch_of(bank: Bank, chance: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Frames (batch, T, 80) of pieces that are all as long as each other, and the number of the speaker of each."""
    length = int(chance.integers(SHORTEST, LONGEST))
    numbers = chance.choice(len(bank), SPEAKERS_AT_ONCE, replace=False).repeat(CROPS)
    feats = []
    for number in numbers:
        said = bank[number][chance.integers(UTTERANCES)]
        first = int(chance.integers(len(said) - length + 1))
        feats.append(said[first : first + length] - said[first : first + length].mean(axis=0))
    return torch.from_numpy(np.stack(feats)), torch.from_numpy(numbers)


def said_by(speaker: Speaker, variant: str, chance: random.Random, noise: np.random.Generator) -> Bank:
    """What ``variant`` says at each pace, in some loudness and noise."""
    speech = training_speech(speaker, chance, variant)
    return [[_heard(said, pace, noise) for said in islice(speech, UTTERANCES)] for pace in PACES]


def _heard(said: NDArray[np.float32], pace: float, noise: np.random.Generator) -> NDArray[np.float32]:
    there = np.arange(0, len(said) - 1, pace)
    samples = np.interp(there, np.arange(len(said)), said)
    samples = np.resize(samples, max(len(samples), (LONGEST + 3) * STEP))  # what is too short is repeated
    level = np.sqrt(np.mean(samples**2))
    samples = samples + noise.normal(0, level * 10 ** (-noise.uniform(15, 50) / 20), len(samples))
    loud = samples * 10 ** (noise.uniform(-20, 6) / 20) * 32768
    return filter_bank(loud.astype(np.float32), Taper.HAMMING)


def exported(embedder: Embedder, bank: Bank, chance: np.random.Generator) -> bytes:
    """The model as ONNX, less its mean, as WeSpeaker's; each norm is made part of the convolution before it."""
    with torch.inference_mode():
        centre = torch.cat([embedder(batch_of(bank, chance)[0]) for _ in range(50)]).mean(0)
    graph = Graph()
    x = graph.node("Transpose", ["feats"], "bands", perm=[0, 2, 1])
    for number, (convolution, norm) in enumerate(zip(embedder.convolutions, embedder.norms, strict=True)):
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        weight = graph.weight(f"weight{number}", _array(convolution.weight * gain[:, None, None]))
        bias = graph.weight(f"bias{number}", _array((convolution.bias - norm.running_mean) * gain + norm.bias))
        x = graph.node("Conv", [x, weight, bias], f"conv{number}", dilations=convolution.dilation)
        x = graph.node("Relu", [x], f"relu{number}")
    mean = graph.node("ReduceMean", [x], "mean", axes=[2], keepdims=1)
    apart = graph.node("Sub", [x, mean], "apart")
    variance = graph.node(
        "ReduceMean", [graph.node("Mul", [apart, apart], "squared")], "variance", axes=[2], keepdims=1
    )
    least = graph.weight("least", np.array([1e-5], np.float32))
    spread = graph.node("Sqrt", [graph.node("Add", [variance, least], "positive")], "spread")
    pooled = graph.node("Flatten", [graph.node("Concat", [mean, spread], "both", axis=1)], "pooled", axis=1)
    weight = graph.weight("last", _array(embedder.last.weight))
    graph.node("Gemm", [pooled, weight, graph.weight("shift", _array(embedder.last.bias - centre))], "embs", transB=1)
    told = {"framework": "wespeaker", "sample_rate": "16000", "output_dim": str(DIMENSIONS), "normalize_samples": "0"}
    return graph.model(("feats", ("B", "T", BANDS)), ("embs", ("B", DIMENSIONS)), told)


def _array(tensor: torch.Tensor) -> NDArray[np.float32]:
    found: NDArray[np.float32] = tensor.detach().numpy().astype(np.float32)
    return found


if __name__ == "__main__":
    main()
