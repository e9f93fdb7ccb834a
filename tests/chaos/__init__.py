"""Proof by breaking things: an accepted job is never lost, never doubled, never in the way."""
