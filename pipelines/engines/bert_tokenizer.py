"""How a BERT's texts become tokens: by its `tokenizer.json`, or as older models tell it, by the words it knows."""

from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing

from pipelines.engines.bert_config import TOKENIZER, TOKENIZER_CONFIG, VOCABULARY, bert_files, read_json
from pipelines.errors import EngineUnavailable

UNKNOWN, CLS, SEP = "[UNK]", "[CLS]", "[SEP]"


def read_tokenizer(folder: Path) -> Tokenizer:
    """The model's own tokenizer, which neither cuts nor pads. Raises EngineUnavailable where it cannot be read."""
    is_old = folder / VOCABULARY in bert_files(folder)
    try:
        tokenizer = _word_piece(folder) if is_old else _stated(folder)
    except (OSError, ValueError) as error:
        raise _unreadable(folder, error, is_old) from error
    except Exception as error:
        if type(error) is not Exception:  # the library raises just that for what it does not understand
            raise
        raise _unreadable(folder, error, is_old) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encodable(text: str) -> str:
    """Lone surrogates, which no UTF-8 can hold, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _stated(folder: Path) -> Tokenizer:
    return Tokenizer.from_str((folder / TOKENIZER).read_text(encoding="utf-8"))


def _word_piece(folder: Path) -> Tokenizer:
    """BERT's own way: words end at punctuation and are looked up in pieces, in lower case unless that is refused."""
    stated = read_json(folder / TOKENIZER_CONFIG) if (folder / TOKENIZER_CONFIG).is_file() else {}
    tokenizer = Tokenizer(WordPiece.from_file(str(folder / VOCABULARY), unk_token=UNKNOWN))
    tokenizer.normalizer = BertNormalizer(
        handle_chinese_chars=stated.get("tokenize_chinese_chars", True) is not False,
        lowercase=stated.get("do_lower_case", True) is not False,
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    words = tokenizer.get_vocab()
    special = [CLS, SEP, UNKNOWN]
    missing = [token for token in special if token not in words]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    tokenizer.post_processor = BertProcessing((SEP, words[SEP]), (CLS, words[CLS]))
    tokenizer.add_special_tokens(special)
    return tokenizer


def _unreadable(folder: Path, error: Exception, is_old: bool) -> EngineUnavailable:
    return EngineUnavailable(f"{VOCABULARY if is_old else TOKENIZER} of {folder.name} cannot be read: {error}")
