"""Reading: how much of pages whose text is known `image.read` gets right, and how many pages a minute.

Told is the character error rate: the least number of characters to put in, take out or change until what was read is
what stands there, over the number of those that stand there; and the word error rate, the same of words (Rice, Jenkins
and Nartker 1996, The Fifth Annual Test of OCR Accuracy, ISRI TR-96-01). White space counts as one space. The pages are
drawn by `bench/known_pages.py`: A5 at 150 dpi, type of 11 points, as they are, noisy (a deviation of 40 and of 80
levels of 255), turned, at 75 dpi, in two columns, and a table. Pages a minute are those of A4, full of text, one after
the other in one process; decoding and the outputs are in the time, loading the models is not.

    python -m bench.reading [--seed 7] [--fonts 3] [--kinds table ...] [--rounds 3] [--keep DIRECTORY]
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from PIL import Image

from bench.edits import edits
from bench.known_pages import A4_MM, FONTS, KnownPage, TypeOf, fonts, noisy, one_column, table, turned, two_columns
from bench.table import Table, print_tables
from pipelines.contract import Context, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.standalone import run_pipeline, standalone_context

DPI, LOW_DPI = 150, 75
SPEED_DPI = (150, 200)
NOISE = (40, 80)
TURNS_DEGREES = (1, 3, 10, 90, 180, 270)

Layout = Callable[[random.Random, TypeOf, int], KnownPage]
Treat = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class Condition:
    """What is drawn, and what is done to it then."""

    layout: Layout = one_column
    dpi: int = DPI
    treat: Treat = lambda picture: picture

    def page(self, chance: random.Random, type_of: TypeOf) -> KnownPage:
        """A page of this kind."""
        drawn = self.layout(chance, type_of, self.dpi)
        return KnownPage(self.treat(drawn.picture), drawn.text)


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many characters and words of a page were read wrongly, and how many there are."""

    characters_wrong: int
    characters: int
    words_wrong: int
    words: int

    @classmethod
    def of(cls, truth: str, read: str) -> Self:
        """``read`` held against ``truth``; white space counts as one space."""
        there, found = truth.split(), read.split()
        text = " ".join(there)
        return cls(edits(text, " ".join(found)), len(text), edits(there, found), len(there))


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Draw the pages, read each, and hold what was read against what stands there."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as folder:
        context = standalone_context(Path(folder), models=BoundedModelCache())
        yield _accuracy(options, context)
        if options.rounds:
            yield _speed(options, context)


def conditions(seed: int) -> Mapping[str, Condition]:
    """Each kind of page, by the name of its row."""
    return {
        "as it is": Condition(),
        **{f"noise {one}": Condition(treat=partial(noisy, deviation=one, seed=seed)) for one in NOISE},
        **{f"turned by {one}°": Condition(treat=partial(turned, degrees=one)) for one in TURNS_DEGREES},
        f"{LOW_DPI} dpi": Condition(dpi=LOW_DPI),
        "two columns": Condition(two_columns),
        "table": Condition(table),
    }


def _accuracy(options: argparse.Namespace, context: Context) -> Table:
    chosen = list(fonts().items())[: options.fonts]
    rows = []
    for name, condition in conditions(options.seed).items():
        if options.kinds and name not in options.kinds:
            continue
        pages = []
        for font, type_of in chosen:
            page = condition.page(random.Random(f"{options.seed} {font} {condition.layout.__name__}"), type_of)
            if options.keep:
                page.picture.save(options.keep / f"{name}, {font}.png")
            pages.append(Wrong.of(page.text, _read(page.picture, context)))
        by_font = (100 * page.characters_wrong / page.characters for page in pages)
        rows.append((name, sum(page.characters for page in pages), *_rates(pages), *by_font))
    headings = ("page", "characters", "character errors %", "word errors %", *(f"{font} %" for font, _ in chosen))
    return Table(f"What is read wrongly, seed {options.seed}; character errors by font too", headings, rows)


def _rates(pages: Sequence[Wrong]) -> tuple[float, float]:
    characters, words = sum(page.characters for page in pages), sum(page.words for page in pages)
    characters_wrong = sum(page.characters_wrong for page in pages)
    return 100 * characters_wrong / characters, 100 * sum(page.words_wrong for page in pages) / words


def _speed(options: argparse.Namespace, context: Context) -> Table:
    type_of = next(iter(fonts().values()))
    rows = []
    for dpi in SPEED_DPI:
        page = one_column(random.Random(options.seed), type_of, dpi, A4_MM)
        took_s = []
        for _ in range(options.rounds):
            began_s = time.perf_counter()
            _read(page.picture, context)
            took_s.append(time.perf_counter() - began_s)
        rows.append((dpi, len(page.text), 60 / statistics.median(took_s)))
    return Table(f"A4, median of {options.rounds}", ("dpi", "characters", "pages a minute"), rows)


def _read(picture: Image.Image, context: Context) -> str:
    path = context.workdir / "page.png"
    picture.save(path, compress_level=1)
    source = Source(path, path.name, "image/png", path.stat().st_size)
    return str(run_pipeline("image.read", [source], {}, context).result.body["text"])


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--fonts", type=int, default=len(FONTS), help="how many of them")
    parser.add_argument("--kinds", nargs="*", help="of pages, such as table; all if none is given")
    parser.add_argument("--rounds", type=int, default=3, help="of the speed; 0 leaves it out")
    parser.add_argument("--keep", type=Path, help="a directory to put the pages into, to be looked at")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
