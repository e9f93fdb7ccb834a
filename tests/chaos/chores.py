"""What the jobs do while things are broken: each chore on every lane, each run written into the ledger."""

import hashlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from threading import Event

from chaos.ledger import Ledger, home_of
from chaos.ledger import Run as NotedRun
from pipelines.catalogue import Pipeline, PipelineFunction
from pipelines.contract import (
    Context,
    EngineUsed,
    Item,
    Lane,
    Made,
    NoParams,
    Output,
    Params,
    Part,
    PartKind,
    Result,
    Run,
    Source,
)
from pipelines.errors import TransientFailure

CHECK_EVERY_S = 0.05
FOREVER_S = 600.0  # longer than any test: only being stopped ends it
MOST_ROUNDS = 2**31 - 1  # that a C call of hashlib counts to: minutes on the fastest machine


class Chore(StrEnum):
    """What a run does."""

    NOOP = "noop"  # nothing
    COUNT = "count"  # tokens, slowly, asking whether it may go on
    DEAF = "deaf"  # one part, and then something long that never asks
    POISON = "poison"  # kills its process
    WRITE = "write"  # a large output
    OVERFLOW = "overflow"  # writes where there is no room
    FLAKY = "flaky"  # fails in passing, the first time
    BRIEF = "brief"  # so short that several share a message, one after another
    TOGETHER = "together"  # several of a message at once


class Tokens(Params):
    """How much to count, and how slowly."""

    tokens: int = 3
    pause_s: float = 0.0


class Deafness(StrEnum):
    """What a run that never asks is busy with."""

    LOOP = "loop"  # Python
    HASH = "hash"  # a C call that lets other threads run
    SUM = "sum"  # a C call that lets no other thread run
    SLEEP = "sleep"


class Deaf(Params):
    """What to be busy with, and for how long."""

    kind: Deafness = Deafness.LOOP
    length_s: float = FOREVER_S


class Size(Params):
    """How much to write, and which of the test's words to wait for before it is kept."""

    size_bytes: int = 100_000
    waits_for: str = ""


class Brief(Params):
    """Whether the process is killed, and how long it takes otherwise."""

    kills: bool = False
    pause_s: float = 0.0


class Together(Params):
    """The job that is done: runs of several at once are told apart by nothing else."""

    job: str
    pause_s: float = 0.0


def noop(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Do nothing."""
    run = Ledger.around(context).begin()
    yield from ()
    return _ended(context, run)


def count(sources: Sequence[Source], params: Tokens, context: Context) -> Run:
    """Count, a token at a time."""
    run = Ledger.around(context).begin()
    for number in range(1, params.tokens + 1):
        context.progress(number / params.tokens, f"{number} of {params.tokens}")
        yield Part(PartKind.TOKEN, {"text": str(number), "run": run.token})
        _wait(context, params.pause_s)
    return _ended(context, run, tokens=params.tokens)


def deaf(sources: Sequence[Source], params: Deaf, context: Context) -> Run:
    """Make one part, then be busy and listen to nobody."""
    run = Ledger.around(context).begin()
    yield Part(PartKind.TOKEN, {"text": "1", "run": run.token})
    Ledger.around(context).note("deaf", run)
    BUSY[params.kind](params.length_s)
    return _ended(context, run, tokens=1)


def poison(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Kill the process that runs this."""
    run = Ledger.around(context).begin()
    os.kill(os.getpid(), signal.SIGKILL)
    yield from ()
    return _ended(context, run)


def write(sources: Sequence[Source], params: Size, context: Context) -> Run:
    """Write a file and keep it."""
    run = Ledger.around(context).begin()
    path = context.workdir / "bytes"
    path.write_bytes(hashlib.sha256(run.token.encode()).digest() * (params.size_bytes // 32))
    Ledger.around(context).note("written", run)
    while params.waits_for and not (home_of(context) / params.waits_for).exists():
        _wait(context, CHECK_EVERY_S)
    yield Output("bytes.bin", "application/octet-stream", path)
    return _ended(context, run)


def overflow(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Keep a file, and then write one where the kernel says that the disk is full."""
    run = Ledger.around(context).begin()
    yield Part(PartKind.TOKEN, {"text": "1", "run": run.token})
    Path("/dev/full").write_bytes(b"no room")
    return _ended(context, run)


def flaky(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Fail at first, in a way that may pass."""
    ledger = Ledger.around(context)
    run = ledger.begin()
    if ledger.times_begun()[run.job_id] == 1:
        raise TransientFailure("not yet")
    yield from ()
    return _ended(context, run)


def brief(sources: Sequence[Source], params: Brief, context: Context) -> Run:
    """Do little, or kill the process with all that shares its message."""
    run = Ledger.around(context).begin()
    if params.kills:
        os.kill(os.getpid(), signal.SIGKILL)
    yield Part(PartKind.TOKEN, {"text": "1", "run": run.token})
    _wait(context, params.pause_s)
    return _ended(context, run, tokens=1)


def together(sources: Sequence[Source], params: Together, context: Context) -> Run:
    """Do little."""
    [made] = do_together([Item(sources, params, context)])
    yield from made.yielded
    return made.result


def do_together(items: Sequence[Item]) -> list[Made]:
    """Do several jobs at once, as a model does with a batch."""
    ledgers = [Ledger.around(item.context) for item in items]
    runs = [ledger.begin(item.params.job) for ledger, item in zip(ledgers, items, strict=True)]
    Event().wait(max(item.params.pause_s for item in items))
    return [
        Made([Part(PartKind.TOKEN, {"text": "1", "run": run.token})], _ended(item.context, run, tokens=1))
        for item, run in zip(items, runs, strict=True)
    ]


def _ended(context: Context, run: NotedRun, **body: int) -> Result:
    Ledger.around(context).note("end", run)
    return Result({"run": run.token, **body}, EngineUsed("chaos", "none"))


def _wait(context: Context, length_s: float) -> None:
    end = time.monotonic() + length_s
    while (left_s := end - time.monotonic()) > 0:
        context.check()
        Event().wait(min(left_s, CHECK_EVERY_S))


def _loop(length_s: float) -> None:
    end = time.monotonic() + length_s
    while time.monotonic() < end:
        pass


def _hash(length_s: float) -> None:
    _for(length_s, lambda rounds: hashlib.pbkdf2_hmac("sha256", b"", b"", min(rounds, MOST_ROUNDS)), trial=20_000)


def _sum(length_s: float) -> None:
    _for(length_s, lambda rounds: sum(range(rounds)), trial=1_000_000)


def _for(length_s: float, call: Callable[[int], object], trial: int) -> None:
    """One call that takes about ``length_s`` on this machine, as a trial says."""
    began = time.perf_counter()
    call(trial)
    call(int(trial * length_s / (time.perf_counter() - began)))


BUSY: dict[Deafness, Callable[[float], None]] = {
    Deafness.LOOP: _loop,
    Deafness.HASH: _hash,
    Deafness.SUM: _sum,
    Deafness.SLEEP: time.sleep,
}
_CHORES: dict[Chore, tuple[PipelineFunction, type[Params]]] = {
    Chore.NOOP: (noop, NoParams),
    Chore.COUNT: (count, Tokens),
    Chore.DEAF: (deaf, Deaf),
    Chore.POISON: (poison, NoParams),
    Chore.WRITE: (write, Size),
    Chore.OVERFLOW: (overflow, NoParams),
    Chore.FLAKY: (flaky, NoParams),
    Chore.BRIEF: (brief, Brief),
    Chore.TOGETHER: (together, Together),
}
_IN_A_MESSAGE = {Chore.BRIEF: 8, Chore.TOGETHER: 8}


def pipeline_of(chore: Chore, lane: Lane = Lane.CPU) -> Pipeline:
    """The pipeline that does ``chore`` on ``lane``."""
    function, params = _CHORES[chore]
    name = f"chaos.{chore.value}.{lane.value}"
    run_many = do_together if chore is Chore.TOGETHER else None
    batch = _IN_A_MESSAGE.get(chore, 1)
    return Pipeline(name, name, lane, ("*",), params, function, batch=batch, run_many=run_many)


PIPELINES = {one.name: one for one in (pipeline_of(chore, lane) for chore in Chore for lane in Lane)}
