"""Batches: very many jobs asked for at once by lines of a manifest, checked before any of them runs (ADR 19)."""
