"""What the API tells of models."""

from typing import Any

from flask.testing import FlaskClient

MODELS = "/api/v1/models"


def told(client: FlaskClient, name: str) -> Any:  # Any: JSON
    """The one called ``name``."""
    return next(one for one in client.get(MODELS).get_json()["models"] if one["name"] == name)
