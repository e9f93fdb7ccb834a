"""Everything that somebody has here as one file: written, and read again, here or elsewhere."""
