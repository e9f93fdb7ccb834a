"""Engines: what transcribes, speaks, labels, reads and embeds, in order of preference, honest about being absent."""
