"""Pipelines on text: one module each, found by name. What several share lives in media/ and engines/."""
