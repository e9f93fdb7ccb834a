"""Makes a fresh clone ready: the virtual environment and the built UI, each only when it is not what it should be."""
