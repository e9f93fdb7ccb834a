"""The kinds of batches: for each, how its lines are read and how its results are written, as line.py says."""

from collections.abc import Mapping
from types import MappingProxyType

from triptych.batches import own_lines
from triptych.batches.line import LineForm
from triptych.batches.states import Kind
from triptych.openai import batch_lines

LINE_FORMS: Mapping[Kind, LineForm] = MappingProxyType(
    {
        Kind.TRIPTYCH: LineForm(own_lines.read_line, own_lines.write_line),
        Kind.OPENAI: LineForm(batch_lines.read_line, batch_lines.write_line),
    }
)
