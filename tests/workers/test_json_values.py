import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.json_values import plain_json

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda children: st.lists(children) | st.dictionaries(st.text(st.characters()), children),
)


@given(anything)
def test_everything_comes_out_as_storable_json(value: object) -> None:
    text = json.dumps(plain_json(value), allow_nan=False, ensure_ascii=False)

    assert "\\u0000" not in text
    assert text.encode()  # raises on a lone surrogate


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")) | st.integers() | st.none())
def test_what_is_storable_stays_as_it_is(value: object) -> None:
    assert plain_json(value) == value


def test_what_is_no_json_is_named() -> None:
    with pytest.raises(TypeError, match="set is no JSON"):
        plain_json({"labels": {1, 2}})
