"""How a command ends, for scripts: `docs/shell.md` and `triptych --help` tell the same."""

from enum import IntEnum


class Exit(IntEnum):
    """The status of a process."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    JOB_FAILED = 3
    UNREACHABLE = 4
    REFUSED = 5
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What it says, in a few words."""
        return MEANINGS[self]


MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "something here failed: a file, a disk, a stack that does not start",
    Exit.USAGE: "the command was not understood",
    Exit.JOB_FAILED: "a job failed or was cancelled",
    Exit.UNREACHABLE: "the API does not answer",
    Exit.REFUSED: "the API says no: a bad value, a key that does not suffice, a quota",
    Exit.INTERRUPTED: "interrupted by Ctrl-C",
}
