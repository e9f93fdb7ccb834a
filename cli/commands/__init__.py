"""The commands that ask the API, a module each."""
