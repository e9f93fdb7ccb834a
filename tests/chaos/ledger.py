"""What really ran: each run writes a line as it begins and as it ends, whatever becomes of its job."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from structlog.contextvars import get_contextvars

from pipelines.contract import Context

NAME = "runs.log"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: ``token`` is its own, and stands in the result that it made."""

    job_id: str
    token: str
    process_id: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file that all runs of one stack append to; a line is one write, so none is ever torn."""

    path: Path

    @classmethod
    def of(cls, home: Path) -> "Ledger":
        """The ledger of the stack in ``home``."""
        return cls(home / NAME)

    @classmethod
    def around(cls, context: Context) -> "Ledger":
        """The ledger of the stack that a run belongs to, found from where it works: somewhere in ``home/work``."""
        return cls.of(home_of(context))

    def begin(self, job_id: str = "") -> Run:
        """Write down that a run begins; a pipeline knows no job, but what is logged during its run does."""
        run = Run(job_id or get_contextvars()["job_id"], token_hex(8), os.getpid())
        self.note("begin", run)
        return run

    def note(self, what: str, run: Run) -> None:
        """Write down ``what`` a run did."""
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{what} {run.job_id} {run.token} {run.process_id}\n".encode())

    def runs(self, what: str = "begin") -> list[Run]:
        """The runs that did ``what``, in order."""
        if not self.path.exists():
            return []
        lines = (line.split() for line in self.path.read_text().splitlines())
        return [Run(job_id, token, int(process)) for did, job_id, token, process in lines if did == what]

    def times_begun(self) -> Counter[str]:
        """How often each job was begun."""
        return Counter(run.job_id for run in self.runs())


def home_of(context: Context) -> Path:
    """The home of the stack that a run belongs to."""
    return next(parent for parent in context.workdir.parents if parent.name == "work").parent
