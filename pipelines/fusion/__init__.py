"""Pipelines that bring sound, pictures and words together, found by being here."""
