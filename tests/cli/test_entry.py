"""Ctrl-C ends the command without a traceback, whenever it comes."""

import subprocess
import sys
from pathlib import Path

from cli.exits import Exit

ROOT = Path(__file__).parents[2]
PRESSED_WHILE_LOADED = """
import sys

class Pressed:
    def find_spec(self, name, *_):
        if name == "cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Pressed())
from cli.entry import main
main()
"""


def test_ctrl_c_while_the_command_is_loaded_ends_it_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", PRESSED_WHILE_LOADED], cwd=ROOT, capture_output=True, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (Exit.INTERRUPTED, b"", b"")
