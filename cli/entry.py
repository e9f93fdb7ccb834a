"""Where the command begins: Ctrl-C while it is being loaded ends it as quietly as later."""

from cli.exits import Exit


def main() -> None:
    """Run the command line. Raises SystemExit."""
    try:
        from cli.main import main as run
    except KeyboardInterrupt:
        raise SystemExit(Exit.INTERRUPTED) from None
    run()
