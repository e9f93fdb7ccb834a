"""What somebody types, for whom Ctrl-C is an answer too."""

import os
import select
import signal
import sys


def typed_line() -> str:
    """The next line of standard input, a terminal. Raises EOFError at its end, and KeyboardInterrupt.

    ``input`` sleeps through a Ctrl-C that comes after Python last looked for one and before it reads; this waits for
    either. Asked by the main thread alone, as signals are.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        while sys.stdin not in select.select([sys.stdin, reader], [], [])[0]:
            os.read(reader, 1)
        return input()
    finally:
        signal.set_wakeup_fd(before)
        os.close(reader)
        os.close(writer)
