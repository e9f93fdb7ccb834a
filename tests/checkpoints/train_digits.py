"""``python -m tests.checkpoints.train_digits``: trains the digits checkpoint, a Whisper of 1.3 million weights.

It hears the ten digits in English, German and Spanish, tells the three apart, translates to English and knows when
each word is said. The architecture is openai-whisper's own (Radford et al. 2022, https://arxiv.org/abs/2212.04356).
Two things make two hours of two busy cores enough: the decoder is shown where to look (guided attention, Tachibana et
al. 2017, https://arxiv.org/abs/1710.08969, since eSpeak NG tells when each word begins), and the embeddings of the
1,501 time tokens are one linear map of the encoder's own sinusoids.

The file that lies here was trained in three runs, each from what the last one had saved: 2,500 steps on windows of 5
and then 12 seconds, 750 with ``--mixed --rate 1e-3 --seed 1``, and 2,200 with ``--mixed --steps 600 700 900 --seed 2``.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
import whisper
from checkpoints.digit_windows import Example, example
from checkpoints.digits import DIMENSIONS, FILE, FULL_VOCABULARY, HELD, TIMES, load, save
from checkpoints.spoken_digits import Speaker, phrases
from torch import nn
from whisper.model import Whisper, sinusoids
from whisper.tokenizer import get_tokenizer

BANK = 4000  # phrases, of 1.7 s on average
GUIDED_LAYER = 1
FRAMES_A_SECOND = 50  # of the encoder's output
WINDOWS_AT_ONCE = {5.0: 24, 12.0: 12, 30.0: 6}  # by their length in seconds
PAD = -100


class Student(nn.Module):
    """A Whisper whose vocabulary holds only the tokens in ``HELD`` and the times."""

    def __init__(self) -> None:
        super().__init__()
        self.whisper = Whisper(DIMENSIONS)
        self.words = nn.Parameter(torch.randn(len(HELD), DIMENSIONS.n_text_state) * 0.05)
        self.times = nn.Linear(DIMENSIONS.n_text_state, DIMENSIONS.n_text_state)
        self.register_buffer("clock", sinusoids(TIMES, DIMENSIONS.n_text_state))
        nn.init.normal_(self.whisper.decoder.positional_embedding, std=0.02)

    def learnt(self) -> dict[str, torch.Tensor]:
        """What the checkpoint's file holds: all that does not follow from something else."""
        state = self.state_dict()
        for name in ("clock", "whisper.decoder.token_embedding.weight", "whisper.encoder.positional_embedding"):
            del state[name]
        return state

    def take_up(self, learnt: dict[str, torch.Tensor]) -> None:
        """Go on from what another student learnt."""
        self.load_state_dict(learnt, strict=False)

    def embedding(self) -> torch.Tensor:
        """Rows of ``HELD`` and of the times: shape (len(HELD) + TIMES, width)."""
        return torch.cat([self.words, self.times(self.clock)])

    def heard(self, mel: torch.Tensor) -> torch.Tensor:
        """The encoder on a window of any length: mel of shape (batch, 80, 2 n) gives (batch, n, width)."""
        encoder = self.whisper.encoder
        x = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(mel)))).permute(0, 2, 1)
        x = x + encoder.positional_embedding[: x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def forward(self, mel: torch.Tensor, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of shape (batch, length, vocabulary), and the guided layer's attention (batch, heads, length, n)."""
        decoder, sound, table = self.whisper.decoder, self.heard(mel), self.embedding()
        x = table[tokens] + decoder.positional_embedding[: tokens.shape[1]]
        for number, block in enumerate(decoder.blocks):
            x = x + block.attn(block.attn_ln(x), mask=decoder.mask)[0]
            if number == GUIDED_LAYER:
                attention = self._attention(block.cross_attn, block.cross_attn_ln(x), sound)
            x = x + block.cross_attn(block.cross_attn_ln(x), sound)[0]
            x = x + block.mlp(block.mlp_ln(x))
        return decoder.ln(x) @ table.T, attention

    @staticmethod
    def _attention(cross: nn.Module, x: torch.Tensor, sound: torch.Tensor) -> torch.Tensor:
        query, key = cross.query(x), cross.key(sound)
        query = query.view(*query.shape[:2], cross.n_head, -1).transpose(1, 2)
        key = key.view(*key.shape[:2], cross.n_head, -1).transpose(1, 2)
        return (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5).softmax(-1)


def batch_of(examples: Sequence[Example], seconds: float) -> tuple[torch.Tensor, ...]:
    """Mel (batch, 80, frames), tokens in, tokens wanted (``PAD`` where none), and where to look (batch, length, n)."""
    length = max(len(one.tokens) for one in examples) - 1
    frames = round(seconds * FRAMES_A_SECOND)
    given = torch.zeros(len(examples), length, dtype=torch.long)
    wanted = torch.full((len(examples), length), PAD)
    look = torch.zeros(len(examples), length, frames, dtype=torch.bool)
    mel = torch.stack([_mel(one.samples, frames) for one in examples])
    for row, one in enumerate(examples):
        ids = torch.tensor([compact(token) for token in one.tokens])
        given[row, : len(ids) - 1] = ids[:-1]
        wanted[row, one.learnt_from - 1 : len(ids) - 1] = ids[one.learnt_from :]
        for at, span_s in enumerate(one.look_s[1:]):
            if span_s is not None:
                first, last = (round(s * FRAMES_A_SECOND) for s in span_s)
                look[row, at, max(first, 0) : max(last, first + 1, 1)] = True
    return mel, given, wanted, look


def _mel(samples: np.ndarray, frames: int) -> torch.Tensor:
    mel = whisper.log_mel_spectrogram(torch.from_numpy(np.pad(samples, (0, frames * 320 - len(samples)))))
    return mel[:, : 2 * frames]


def compact(token: int) -> int:
    """The row of a token of Whisper's vocabulary in the student's."""
    first_time = FULL_VOCABULARY - TIMES
    return len(HELD) + token - first_time if token >= first_time else HELD.index(token)


def loss_of(student: Student, batch: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Cross entropy over all of Whisper's vocabulary, whose other rows are zero; and the attention that goes astray."""
    mel, given, wanted, look = batch
    logits, attention = student(mel, given)
    others = FULL_VOCABULARY - len(HELD) - TIMES
    logits = torch.cat([logits, torch.full_like(logits[..., :1], float(np.log(others)))], -1)
    heard = functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD, label_smoothing=0.0)
    guided = look.any(-1) & (wanted != PAD)
    mass = (attention * look[:, None]).sum(-1).clamp_min(1e-6)
    astray = -(mass.log().mean(1)[guided]).mean() if guided.any() else logits.new_zeros(())
    seen = wanted != PAD
    right = (logits.argmax(-1) == wanted)[seen].float().mean()
    return heard, astray, right


def main() -> None:
    """Train and write the checkpoint."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--steps", type=int, nargs=3, default=[2000, 900, 400], help="on windows of 5, 12 and 30 s")
    asked.add_argument("--mixed", action="store_true", help="windows of all three lengths in turn by chance")
    asked.add_argument("--begin-with", type=Path, help="a checkpoint to train on")
    asked.add_argument("--rate", type=float, default=1.5e-3, help="of learning, at its highest")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--target", type=Path, default=FILE)
    options = asked.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    student = Student()
    if options.begin_with:
        student.take_up(load(options.begin_with))
    train(student, _lengths(options.steps, mixed=options.mixed, seed=options.seed), options.rate, options)


def train(student: Student, lengths: Sequence[float], rate: float, options: argparse.Namespace) -> None:
    """One step for each of ``lengths``, in seconds; the checkpoint is written now and then and at the end."""
    chance = random.Random(options.seed)
    made = phrases(Speaker(), chance)
    bank = [next(made) for _ in range(BANK)]
    tokenizer = get_tokenizer(multilingual=True)
    optimizer = torch.optim.AdamW(student.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 200, max(0.5 * (1 + np.cos(np.pi * step / len(lengths))), 0.02))
    )
    began = time.monotonic()
    for done, seconds in enumerate(lengths, start=1):
        examples = [example(chance, bank, tokenizer, seconds) for _ in range(WINDOWS_AT_ONCE[seconds])]
        heard, astray, right = loss_of(student, batch_of(examples, seconds))
        optimizer.zero_grad()
        (heard + 0.3 * astray).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if done % 50 == 0:
            sys.stdout.write(
                f"{done}/{len(lengths)} {seconds:g} s  loss {heard.item():.3f}  astray {astray.item():.3f}  "
                f"right {right.item():.3f}  {time.monotonic() - began:.0f} s\n"
            )
            sys.stdout.flush()
        if done % 250 == 0 or done == len(lengths):
            save(student.learnt(), options.target)


def _lengths(steps: Sequence[int], *, mixed: bool, seed: int) -> list[float]:
    lengths = [seconds for seconds, count in zip(WINDOWS_AT_ONCE, steps, strict=True) for _ in range(count)]
    if mixed:
        random.Random(seed).shuffle(lengths)
    return lengths


if __name__ == "__main__":
    main()
