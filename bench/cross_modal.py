"""Across the senses: how well a text finds the picture that it describes, with a joint model and without one.

Told are recall@10 (of the pictures that all of the phrase is true of, as many as the first ten hits can hold) and
nDCG@10 (these count 3, others of the same shape 1), with their 95 % intervals (bootstrap over the phrases). The
pictures are drawings of five shapes in six colours, two sizes and two sides; phrases name the shape and most of the
rest, in words of three kinds ("a huge azure asterisk on the left"). Without a joint model a picture is found by its
labels alone, which a classifier gave it and which know shapes only: by their words and their meaning (MiniLM). The
joint model and the classifier are the small ones that tests ask for right answers (tests/checkpoints): they know these
drawings and nothing else, so compare the rows, not the numbers with those of published models. Last, drawings that are
not among them are the question: those of the same shape and colour count 3, of the same shape 1.

    python -m bench.cross_modal [--pictures 300] [--questions 200] [--seed 7]
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the checkpoints lie with the tests

from checkpoints.drawn_scenes import Scene, drawn_scene, partly_told
from PIL import Image

from bench.databases import private_databases
from bench.filled import FINISHED, OWNERS, fill, row_id
from bench.likeness import likeness_table
from bench.ranking import DEPTH, ndcg, recall, with_interval
from bench.stack import private_redis
from bench.table import Table, print_tables
from pipelines.contract import Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.house import MemoryKind, Product, Space, SpaceKind, Vector
from pipelines.memory.models import descriptions, meanings, picture_models, sights, text_models
from pipelines.memory.pictures import labels_of, picture_of
from pipelines.standalone import run_pipeline, standalone_context
from triptych.memory.keeping import Origin, keep
from triptych.memory.search import search
from triptych.memory.values import Hit, Question
from triptych.settings import Settings
from triptych.store import Store, open_store

OWNER = "owner-0"  # the one of the filled jobs whose numbers are multiples of their owners'
CHECKPOINTS = Path(__file__).parent.parent / "tests" / "checkpoints"
JOINT = Space(SpaceKind.PICTURE, "joint", 32, is_joint=True)
ANALYSIS = {"classifier": "shapes", "faces": False, "codes": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the grades of the pictures that answer it, by their numbers."""

    question: Question
    grades: Mapping[int, int]


class Seeing:
    """What is needed to see: a models' folder with the small checkpoints, and their models."""

    def __init__(self, home: Path) -> None:
        models = home / "models"
        shutil.copytree(CHECKPOINTS / "shapes", models / "timm" / "shapes")
        shutil.copytree(CHECKPOINTS / "joint", models / "open-clip" / JOINT.model)
        self.context = standalone_context(home, models, models=BoundedModelCache())
        self.of_texts = text_models(self.context, ())
        self.of_pictures = picture_models(self.context, [JOINT])

    def picture(self, picture: Image.Image, name: str) -> tuple[Source, Vector]:
        """The picture as a job's source, and its vector."""
        path = self.context.workdir / name
        picture.save(path)
        source = Source(path, name, "image/png", path.stat().st_size)
        [vector] = sights(self.of_pictures, [source], self.context.check).vectors[path]
        return source, vector


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Draw, analyse and keep the pictures, and look for them in each way."""
    options = _options(arguments)
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-")))
        redis = running.enter_context(private_redis(home))
        server = running.enter_context(private_databases(home))[0]
        settings = Settings(home=home, redis_url=redis.url, database_url=server.url)
        store = running.enter_context(closing(open_store(settings, synchronous="OFF")))
        seeing = Seeing(home)
        scenes = keep_pictures(store, seeing, Random(f"kept {options.seed}"), options.pictures)
        asked = questions(seeing, Random(f"asked {options.seed}"), scenes, options.questions)
        title = f"{server.name}: {options.pictures} pictures, {options.questions} questions, seed {options.seed}"
        rows = [(way, *_measures(store, some)) for way, some in asked.items()]
        likeness = likeness_table(store, OWNER, alike(scenes), f"{title}; what is like each picture")
    yield Table(title, ("found by", "recall@10", "nDCG@10"), rows)
    yield likeness


def alike(scenes: Sequence[Scene]) -> list[dict[int, int]]:
    """Of each of ``scenes`` what grades the others have as its like."""
    graded = [_grades(Scene(scene.shape, scene.colour), scenes) for scene in scenes]
    return [{other: grade for other, grade in one.items() if other != number} for number, one in enumerate(graded)]


def keep_pictures(store: Store, seeing: Seeing, random: Random, count: int) -> list[Scene]:
    """Keep what is remembered of ``count`` pictures: their labels, and they themselves; what is to be seen in each."""
    fill(store.database, FINISHED, 0, OWNERS * count)
    drawings = [drawn_scene(random) for _ in range(count)]
    for number, (picture, _) in enumerate(drawings):
        source, vector = seeing.picture(picture, f"{number}.png")
        made = [*labels_of(_analysed(seeing, source)), picture_of(source, 0)]
        meant = meanings(seeing.of_texts, [memory.text for memory in made], seeing.context.check)
        new = [
            replace(memory, source=None, vectors=(vector, *of_text) if memory.kind is MemoryKind.LABELS else (vector,))
            for memory, of_text in zip(made, meant, strict=True)
        ]
        job_id = row_id(OWNERS * (number + 1))
        origin = Origin(source.name, source.media_type, store.clock(), job_id=job_id)
        with store.database.write() as connection:
            keep(connection, OWNER, job_id, 1, {None: origin}, new, store.clock())
    return [scene for _, scene in drawings]


def questions(seeing: Seeing, random: Random, scenes: Sequence[Scene], count: int) -> dict[str, list[Asked]]:
    """What is asked in each way: phrases of which some of ``scenes`` are true, and drawings that are not among them."""
    told = [partly_told(random, random.choice(scenes)) for _ in range(count)]
    phrases = [scene.phrase(random) for scene in told]
    grades = [_grades(one, scenes) for one in told]
    meant = meanings(seeing.of_texts, phrases, seeing.context.check)
    described = descriptions(seeing.of_pictures, phrases)
    examples = [drawn_scene(random) for _ in range(count)]
    vectors = [seeing.picture(picture, "asked.png")[1] for picture, _ in examples]
    alike = [_grades(Scene(scene.shape, scene.colour), scenes) for _, scene in examples]
    every = [*zip(phrases, meant, described, grades, strict=True)]
    return {
        "labels": [Asked(Question(text, tuple(words)), known) for text, words, _, known in every],
        "joint model": [Asked(Question("", tuple(seen)), known) for _, _, seen, known in every],
        "labels and joint model": [Asked(Question(text, (*words, *seen)), known) for text, words, seen, known in every],
        "a picture": [Asked(Question("", (one,)), known) for one, known in zip(vectors, alike, strict=True)],
    }


def _analysed(seeing: Seeing, source: Source) -> Product:
    finished = run_pipeline("image.analyze", [source], ANALYSIS, seeing.context)
    return Product("", "image.analyze", "succeeded", ANALYSIS, (), finished.result.body)


def _grades(told: Scene, scenes: Sequence[Scene]) -> dict[int, int]:
    """2 for the scenes that all of it is true of, and 1 for others of its shape."""
    return {
        number: 2 if told.is_true_of(scene) else 1
        for number, scene in enumerate(scenes)
        if Scene(told.shape).is_true_of(scene)
    }


def _measures(store: Store, asked: Sequence[Asked]) -> tuple[str, str]:
    ranked = [[int(Path(hit.source.title).stem) for hit in _hits(store, one)] for one in asked]
    pairs = [*zip(ranked, asked, strict=True)]
    found = [recall(numbers, one.grades) for numbers, one in pairs]
    return with_interval(found), with_interval([ndcg(numbers, one.grades) for numbers, one in pairs])


def _hits(store: Store, asked: Asked) -> Sequence[Hit]:
    return search(store, OWNER, replace(asked.question, count=DEPTH)).hits


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=300, help="that are remembered")
    parser.add_argument("--questions", type=int, default=200, help="phrases, and as many pictures")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
