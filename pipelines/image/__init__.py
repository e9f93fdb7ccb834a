"""Pipelines on image: one module each, found by name. What several share lives in media/ and engines/."""
