"""Writing small ONNX models without the onnx package, which nothing else here needs.

The messages and their field numbers are those of onnx.proto, IR version 8 (https://github.com/onnx/onnx), in protobuf's
wire format (https://protobuf.dev/programming-guides/encoding).
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 8
FLOAT32 = 1  # TensorProto.DataType
FLOAT_ATTRIBUTE, INT_ATTRIBUTE, INTS_ATTRIBUTE = 1, 2, 7  # AttributeProto.AttributeType
Attribute = int | float | Sequence[int]
Shape = Sequence[int | str]


@dataclass(slots=True)
class Graph:
    """A graph from one input to one output, both float32, grown node by node."""

    opset: int = 14
    nodes: list[bytes] = field(default_factory=list)
    weights: list[bytes] = field(default_factory=list)

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> str:
        """Add a node and return its output's name."""
        told = b"".join(_text(1, one) for one in inputs) + _text(2, output) + _text(3, output) + _text(4, operator)
        self.nodes.append(told + b"".join(_message(5, _attribute(*one)) for one in attributes.items()))
        return output

    def weight(self, name: str, values: NDArray[np.float32]) -> str:
        """Add a constant and return its name."""
        dimensions = b"".join(_number(1, size) for size in values.shape)
        content = _message(9, values.astype("<f4").tobytes())
        self.weights.append(dimensions + _number(2, FLOAT32) + _text(8, name) + content)
        return name

    def model(self, given: tuple[str, Shape], found: tuple[str, Shape], metadata: Mapping[str, str]) -> bytes:
        """The file's content; a size that is a word may be any."""
        graph = b"".join(_message(1, one) for one in self.nodes) + _text(2, "graph")
        graph += b"".join(_message(5, one) for one in self.weights)
        graph += _message(11, _value(*given)) + _message(12, _value(*found))
        told = b"".join(_message(14, _text(1, key) + _text(2, value)) for key, value in metadata.items())
        return _number(1, IR_VERSION) + _message(7, graph) + _message(8, _number(2, self.opset)) + told


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _key(2, 5) + struct.pack("<f", value) + _number(20, FLOAT_ATTRIBUTE)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, INT_ATTRIBUTE)
    return _text(1, name) + b"".join(_number(8, one) for one in value) + _number(20, INTS_ATTRIBUTE)


def _value(name: str, shape: Shape) -> bytes:
    sizes = b"".join(_message(1, _text(2, one) if isinstance(one, str) else _number(1, one)) for one in shape)
    return _text(1, name) + _message(2, _message(1, _number(1, FLOAT32) + _message(2, sizes)))


def _text(number: int, content: str) -> bytes:
    return _message(number, content.encode())


def _message(number: int, content: bytes) -> bytes:
    return _key(number, 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _key(number, 0) + _varint(value)


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # a negative number is told as two's complement
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value])
