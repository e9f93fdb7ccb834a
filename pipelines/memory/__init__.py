"""Jobs of the memory itself."""
