"""The schemas of queries: flask-openapi asks for them with every request."""

import pytest

from api.schemas.requests import Query


@pytest.mark.parametrize("query", Query.__subclasses__())
def test_schema_of_a_query_is_made_once(query):
    first, second = query.model_json_schema(), query.model_json_schema()

    assert first is second
    assert set(first["properties"]) == set(query.model_fields)
