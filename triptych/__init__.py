"""The shared vocabulary and its store: what api/ and workers/ both need, once."""
