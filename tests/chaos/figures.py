"""What a scenario saw, for whoever looks: shown with ``pytest -s``."""

import sys


def say(figures: str) -> None:
    """Show a line."""
    sys.stdout.write(f"\n{figures}\n")
