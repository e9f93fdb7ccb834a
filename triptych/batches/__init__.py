"""Batches: very many jobs asked for at once by lines of a manifest, all checked before any runs (docs/batches.md)."""
