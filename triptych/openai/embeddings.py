"""embeddings: texts as vectors, by ``text.vectors``.

https://platform.openai.com/docs/api-reference/embeddings/create
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from struct import unpack

from pydantic import BaseModel, ConfigDict, Field

from pipelines.text.vectors import VECTORS
from triptych.openai.calls import JSON, Answer, BadCall, Brought, Call, Made, asked, valid_params
from triptych.openai.names import embedding_model

PIPELINE = "text.vectors"
MOST_TEXTS = 2048  # as OpenAI's API has it
BYTES_A_NUMBER = 4
TOKENS = "tokens are numbers of another model's vocabulary: send texts (LangChain: check_embedding_ctx_length=False)"


class Encoding(StrEnum):
    """How a vector is written: as numbers, or as base64 of little-endian float32."""

    FLOAT = "float"
    BASE64 = "base64"


class EmbeddingRequest(BaseModel):
    """Texts to be embedded. A ``user`` is taken and not kept."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(max_length=200)
    input: object
    encoding_format: Encoding = Encoding.FLOAT
    dimensions: int | None = Field(None, ge=1)
    user: str = ""


def embedding(body: object) -> Call:
    """The job of a request. Raises BadCall."""
    wanted = asked(EmbeddingRequest, body)
    params = valid_params(PIPELINE, {"model": embedding_model(wanted.model)}, {})
    texts = Brought("texts.json", json.dumps(_texts(wanted.input), ensure_ascii=False).encode(), JSON)
    return Call(PIPELINE, params, partial(_told, wanted.encoding_format, wanted.dimensions), (texts,))


def _texts(given: object) -> list[str]:
    listed = given if isinstance(given, list) else [given]
    if listed and all(isinstance(one, int | list) for one in listed):
        raise BadCall(TOKENS, "input", "unsupported_value")
    texts = [one for one in listed if isinstance(one, str)]
    if not 0 < len(texts) == len(listed) <= MOST_TEXTS:
        raise BadCall(f"a text is wanted, or a list of up to {MOST_TEXTS:,} texts", "input")
    for number, one in enumerate(texts):
        if not one.strip():
            raise BadCall(f"text {number} is empty: there is nothing to embed", "input")
    return texts


def _told(encoding: Encoding, dimensions: int | None, made: Made) -> Answer:
    width = made.result["dimensions"]
    if dimensions not in (None, width):
        raise BadCall(f"the vectors of {made.result['model']} have {width} dimensions and keep them", "dimensions")
    told = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": number, "embedding": _written(vector, encoding)}
            for number, vector in enumerate(_cut(made.output(VECTORS), BYTES_A_NUMBER * width))
        ],
        "model": made.result["model"],
        "usage": {"prompt_tokens": made.result["tokens"], "total_tokens": made.result["tokens"]},
    }
    return Answer(json.dumps({**told, **made.warned}).encode())


def _cut(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def _written(vector: bytes, encoding: Encoding) -> str | list[float]:
    if encoding is Encoding.BASE64:
        return b64encode(vector).decode()
    return list(unpack(f"<{len(vector) // BYTES_A_NUMBER}f", vector))
