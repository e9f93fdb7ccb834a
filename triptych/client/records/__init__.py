"""What the API tells, as frozen values: the schemas of ``openapi.json``, which a test compares them with."""
