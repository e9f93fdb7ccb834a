"""Texts as vectors for OpenAI's SDK."""

from base64 import b64encode
from struct import pack

import openai
import pytest
from support.measuring import measuring

MODEL = "text-embedding-3-small"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"encoding_format": "float"},
        {"encoding_format": "base64"},
        {"extra_body": {"user": None, "dimensions": None}},
    ],
)
def test_each_text_has_its_vector_in_the_order_of_the_texts(inside, work_inside, asked):
    with work_inside(measuring()):
        answer = inside.embeddings.create(model=MODEL, input=["four", "seven77"], **asked)

    vectors = [[4.0, 0.5], [7.0, 0.5]]
    if "base64" in asked.values():
        vectors = [b64encode(pack("<2f", *vector)).decode() for vector in vectors]
    assert [one.index for one in answer.data] == [0, 1]
    assert [one.embedding for one in answer.data] == vectors
    assert (answer.model, answer.usage.prompt_tokens, answer.usage.total_tokens) == ("all-MiniLM-L6-v2", 7, 7)


def test_long_texts_and_single_ones_are_taken(inside, work_inside):
    with work_inside(measuring()):
        answer = inside.embeddings.create(model="minilm/all-MiniLM-L6-v2", input="long " * 20_000)

    assert answer.data[0].embedding == [100_000.0, 0.5]


def test_dimensions_that_the_model_has_not_are_refused(inside, work_inside):
    with work_inside(measuring()):
        same = inside.embeddings.create(model=MODEL, input="a", dimensions=2)
        with pytest.raises(openai.BadRequestError) as refused:
            inside.embeddings.create(model=MODEL, input="a", dimensions=1)

    assert len(same.data[0].embedding) == 2
    assert refused.value.param == "dimensions"


@pytest.mark.parametrize("given", ["", [], ["a", " "], [1, 2], [[1], [2]], ["a", 1], ["a"] * 2049, None, {"a": 1}])
def test_what_is_no_list_of_texts_is_refused(inside, sqlite_client, given):
    with pytest.raises(openai.BadRequestError) as refused:
        inside.embeddings.create(model=MODEL, input=given)

    assert refused.value.param == "input"
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []
