"""What all records share: they are values, and a field that a newer API tells is kept rather than refused."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of what the API tells."""

    model_config = ConfigDict(frozen=True, extra="allow")
