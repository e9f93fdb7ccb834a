"""A tokenizer made of a list of words splits texts as transformers does."""

from pathlib import Path

import pytest

from pipelines.engines.bert_tokenizer import read_tokenizer
from pipelines.errors import EngineUnavailable

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] bees Bees live un ##live ##ly , . 中 É e E ##ve"
TEXTS = ["Bees live, unlively.", "bees\tÉve ÉVE", "中文 bees", "", "unknown words."]


def write(folder: Path, config: str | None) -> Path:
    (folder / "vocab.txt").write_text("\n".join(WORDS.split()), encoding="utf-8")
    if config is not None:
        (folder / "tokenizer_config.json").write_text(config)
    return folder


@pytest.mark.engine
@pytest.mark.filterwarnings("default")  # the reference library's own imports warn
@pytest.mark.parametrize("lower", [True, False])
def test_tokens_are_those_of_transformers(tmp_path: Path, lower: bool) -> None:
    from transformers import BertTokenizerFast

    write(tmp_path, f'{{"do_lower_case": {str(lower).lower()}}}')
    reference = BertTokenizerFast.from_pretrained(str(tmp_path))

    tokens = [read_tokenizer(tmp_path).encode(text).tokens for text in TEXTS]

    assert tokens == [reference.convert_ids_to_tokens(reference(text)["input_ids"]) for text in TEXTS]


def test_words_are_read_in_lower_case_where_nothing_is_said(tmp_path: Path) -> None:
    tokens = read_tokenizer(write(tmp_path, None)).encode("BEES live").tokens

    assert tokens == ["[CLS]", "bees", "live", "[SEP]"]


def test_list_of_words_without_the_frame_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("bees\nlive")

    with pytest.raises(EngineUnavailable, match=r"vocab\.txt of .* lacks \[CLS\], \[SEP\], \[UNK\]"):
        read_tokenizer(tmp_path)
