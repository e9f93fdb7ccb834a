"""What the API says, as types: the OpenAPI document and so the UI's types are made from these."""
