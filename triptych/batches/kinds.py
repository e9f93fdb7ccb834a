"""The kinds of batches: for each, how its lines are read and how its results are written, as line.py says."""

from collections.abc import Mapping
from types import MappingProxyType

from triptych.batches.line import LineForm
from triptych.batches.own_lines import read_line, write_line
from triptych.batches.states import Kind

LINE_FORMS: Mapping[Kind, LineForm] = MappingProxyType({Kind.TRIPTYCH: LineForm(read_line, write_line)})
