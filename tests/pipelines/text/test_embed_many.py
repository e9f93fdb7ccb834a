"""Several documents embedded together come out as each would alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.random_bert import save_random_bert

from pipelines.contract import Item, Made, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.errors import BadInput, Cancelled, PipelineError
from pipelines.standalone import run_pipeline, standalone_context
from pipelines.text.embed import EmbedParams, embed_many

TEXTS = ("Cats purr. " * 30, "Interest rates rose by half a point.", "Ships of many sizes arrive in the harbour. " * 12)

MakeItem = Callable[..., Item]


@pytest.fixture
def make_item(tmp_path: Path, models: BoundedModelCache) -> MakeItem:
    """A function that makes a job of a batch, with a directory of its own as the executor gives it."""

    def make(content: str | bytes, media_type: str = "text/plain", max_tokens: int = 32, **params: str) -> Item:
        workdir = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        workdir.mkdir()
        path = workdir / "source"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        source = Source(path, "source", media_type, path.stat().st_size)
        return Item(
            [source],
            EmbedParams(max_tokens=max_tokens, **params),
            standalone_context(workdir, tmp_path / "models", models),
        )

    return make


def embedded(made: Made | PipelineError) -> Any:
    assert isinstance(made, Made)
    (output,) = made.yielded
    return json.loads(output.path.read_text())


def test_batch_gives_what_each_document_would_have_given_alone(make_item: MakeItem) -> None:
    items = [make_item(text, max_tokens=max_tokens) for text in TEXTS for max_tokens in (16, 128)]
    alone = [run_pipeline("text.embed", item.sources, item.params.model_dump(), item.context) for item in items]
    files_of_alone = [json.loads(one.output("embeddings.json").path.read_text()) for one in alone]

    together = embed_many(items)

    assert [one.result for one in together if isinstance(one, Made)] == [one.result for one in alone]
    for made, expected in zip(together, files_of_alone, strict=True):
        found = embedded(made)
        assert [without_vector(one) for one in found["passages"]] == [
            without_vector(one) for one in expected["passages"]
        ]
        assert np.allclose(vectors(found), vectors(expected), atol=2e-6)


def test_bad_document_fails_alone_with_its_own_error(make_item: MakeItem) -> None:
    items = [
        make_item(TEXTS[0]),
        make_item(" \n"),
        make_item(b"%PDF-1.4 broken", "application/pdf"),
        make_item(TEXTS[1]),
    ]

    first, empty, broken, last = embed_many(items)

    assert isinstance(empty, BadInput)
    assert empty.code == "no_text"
    assert isinstance(broken, BadInput)
    assert broken.code == "bad_media"
    assert TEXTS[0].startswith(embedded(first)["passages"][0]["text"])
    assert embedded(last)["passages"][0]["text"] == TEXTS[1]


def test_batch_of_bad_documents_gives_an_error_for_each(make_item: MakeItem) -> None:
    outcomes = embed_many([make_item(""), make_item(" ")])

    assert [type(outcome) for outcome in outcomes] == [BadInput, BadInput]


def test_documents_for_other_models_in_one_batch_are_each_done_by_their_own(
    make_item: MakeItem, tmp_path: Path
) -> None:
    save_random_bert(tmp_path / "models" / "embed" / "mine", "mean")
    items = [make_item(TEXTS[0]), make_item(TEXTS[1], model="mine"), make_item(TEXTS[2])]

    made = embed_many(items)

    assert [embedded(one)["dimensions"] for one in made] == [384, 32, 384]
    assert [one.result.engine.model for one in made if isinstance(one, Made)] == [
        "all-MiniLM-L6-v2",
        "mine",
        "all-MiniLM-L6-v2",
    ]


def test_cancel_of_one_ends_the_batch(make_item: MakeItem) -> None:
    def cancelled() -> None:
        raise Cancelled

    stopped = make_item(TEXTS[1])
    items = [make_item(TEXTS[0]), replace(stopped, context=replace(stopped.context, check=cancelled))]

    with pytest.raises(Cancelled):
        embed_many(items)


def vectors(document: Any) -> Any:
    return np.array([passage["vector"] for passage in document["passages"]])


def without_vector(passage: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in passage.items() if name != "vector"}
