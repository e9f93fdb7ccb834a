"""Recognisers of lines with other characters: RapidOCR's own file, whose dictionary is written anew.

An ONNX file is a protobuf; the dictionary is the entry `character` of its metadata (field 14 of ModelProto,
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): a key and a value, each with its length before it.
"""

from collections.abc import Callable

KEY = b"\x0a\x09character"


def with_dictionary(model: bytes, change: Callable[[str], str]) -> bytes:
    """``model`` with ``change`` of its dictionary, a text of one character a line; an empty one is left out."""
    key_at = model.index(KEY + b"\x12")
    length, value_at = _varint(model, key_at + len(KEY) + 1)
    end = value_at + length
    start = key_at - 1 - len(_as_varint(end - key_at))
    characters = change(model[value_at:end].decode()).encode()
    entry = KEY + b"\x12" + _as_varint(len(characters)) + characters
    whole = b"\x72" + _as_varint(len(entry)) + entry if characters else b""
    return model[:start] + whole + model[end:]


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number in seven bits a byte, the lowest first, and where it ends."""
    number = shift = 0
    while True:
        byte = content[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def _as_varint(number: int) -> bytes:
    sevens = []
    while number >= 0x80:
        sevens.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*sevens, number])
