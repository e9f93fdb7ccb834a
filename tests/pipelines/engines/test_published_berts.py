"""What published models need is counted from the sizes that they state."""

import pytest

from pipelines.engines.published_berts import EMBEDDING, RECOGNISING

PUBLISHED_MILLIONS = {  # of parameters, as each model's page on the hub rounds them
    "all-MiniLM-L12-v2": 33.4,
    "paraphrase-multilingual-MiniLM-L12-v2": 118,
    "bge-small-en-v1.5": 33.4,
    "bge-base-en-v1.5": 109,
    "bert-base-NER": 108,
}


@pytest.mark.parametrize("bert", [*EMBEDDING, *RECOGNISING], ids=lambda bert: bert.name)
def test_memory_is_that_of_the_published_parameters(bert) -> None:
    millions = bert.memory_bytes / 4 / 1e6

    assert millions == pytest.approx(PUBLISHED_MILLIONS[bert.name], rel=0.01)
