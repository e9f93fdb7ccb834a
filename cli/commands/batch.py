"""``triptych batch``: very many jobs by the lines of a manifest or the files of a folder."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from cli.asking import open_client
from cli.batches import brought, conclude, show, wait_for_batch
from cli.options import AsJson, Params, PipelineName, ToFile
from cli.orders import params_of
from cli.printing import note, say, size, table, tell
from cli.results import pour, refuse_terminal
from triptych.client import Client
from triptych.client.records.batch import Batch, BatchState

COLUMNS = ("ID", "NAME", "STATE", "LINES", "SUCCEEDED", "FAILED", "INVALID", "CREATED")
NEWEST = 20

batch_app = typer.Typer(help="Batches: very many jobs by the lines of a manifest or the files of a folder.")
BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="The id of a batch.")]


@batch_app.callback(invoke_without_command=True)
def batches(context: typer.Context, as_json: AsJson = False) -> None:
    """List your newest batches."""
    if context.invoked_subcommand is None:
        list_batches(as_json=as_json)


@batch_app.command("list")
def list_batches(
    state: Annotated[BatchState | None, typer.Option(help="Those in this state alone.")] = None,
    created_after: Annotated[datetime | None, typer.Option(help="They came then or later.")] = None,
    created_before: Annotated[datetime | None, typer.Option(help="They came before then.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = NEWEST,
    as_json: AsJson = False,
) -> None:
    """List your batches, newest first."""
    with open_client() as client:
        found = client.batches.list(state=state, created_after=created_after, created_before=created_before)
        newest = [batch for _, batch in zip(range(limit), found, strict=False)]
    if not as_json:
        table(COLUMNS, [_row(batch) for batch in newest])
    for batch in newest if as_json else ():
        tell(batch)


@batch_app.command()
def submit(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="A manifest (.jsonl, .csv, or -), a folder, a zip, files."),
    ],
    pipeline: PipelineName = None,
    param: Params = None,
    name: Annotated[str, typer.Option(help="What you call it.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check it, and tell how long it should take.")
    ] = False,
    remember: Annotated[bool, typer.Option(help="Have what comes of it found again in the memory.")] = True,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Wait until it has ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask for a batch: a line of a manifest is a job each, and so is a file of a folder.

    With a manifest its lines may name what else is given by `path`. It runs once all lines are checked; where one
    cannot be done it waits for `triptych batch start`, and says which.
    """
    params = params_of(param or [])
    with brought(paths) as came, open_client() as client:
        batch = came.ask(
            client, pipeline=pipeline, params=params, name=name, dry_run=dry_run, remember=remember, quiet=as_json
        )
        if wait or dry_run:
            batch = wait_for_batch(client, batch, quiet=as_json)
        show(batch, as_json=as_json)
        conclude(client, batch, as_json=as_json)


@batch_app.command()
def watch(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Show how far a batch is until it goes on no more."""
    with open_client() as client:
        batch = wait_for_batch(client, client.batches.get(batch_id), quiet=as_json)
        show(batch, as_json=as_json)
        conclude(client, batch, as_json=as_json)


@batch_app.command()
def lines(
    batch_id: BatchId,
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded, failed, cancelled or invalid.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the lines of a batch, in their order."""
    with open_client() as client:
        for line in client.batches.lines(batch_id, state=state):
            if as_json:
                tell(line)
            else:
                error = f"  {line.error.code}: {line.error.message}" if line.error else ""
                say(f"{line.number}  {line.custom_id or '-'}  {line.state}  {line.job_id or '-'}{error}")


@batch_app.command()
def results(
    batch_id: BatchId,
    to: ToFile = None,
    as_zip: Annotated[bool, typer.Option("--zip", help="A zip with all outputs, instead of JSON Lines.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="Lines that failed, were cancelled or are invalid.")] = False,
) -> None:
    """Fetch what came of the lines, in their order, also while the batch runs; to standard output without -o."""
    form, only = "zip" if as_zip else "jsonl", "errors" if errors else None
    with open_client() as client:
        if to is None:
            if as_zip:
                refuse_terminal("a zip")
            pour(lambda out: client.batches.copy(batch_id, out, form=form, only=only))
        else:
            note(f"{to}: {size(client.batches.download(batch_id, to, form=form, only=only))}")


@batch_app.command()
def start(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Run the lines that can be done of a batch that waits for this."""
    with open_client() as client:
        batch = client.batches.start(batch_id)
        show(batch, as_json=as_json)
        conclude(client, batch, as_json=as_json)


@batch_app.command()
def pause(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Let no further job of a batch begin."""
    _change(batch_id, lambda client: client.batches.pause, as_json=as_json)


@batch_app.command()
def resume(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Go on with a paused batch."""
    _change(batch_id, lambda client: client.batches.resume, as_json=as_json)


@batch_app.command()
def cancel(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Cancel what has not ended of a batch."""
    _change(batch_id, lambda client: client.batches.cancel, as_json=as_json)


@batch_app.command()
def retry(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Have the lines of a batch done again that failed, and no others."""
    _change(batch_id, lambda client: client.batches.retry, as_json=as_json)


@batch_app.command()
def delete(batch_id: BatchId) -> None:
    """Remove a batch with its jobs, what they made and the files that came with it."""
    with open_client() as client:
        client.batches.delete(batch_id)
    note(f"{batch_id} is removed")


def _change(batch_id: str, which: Callable[[Client], Callable[[str], Batch]], *, as_json: bool) -> None:
    with open_client() as client:
        show(which(client)(batch_id), as_json=as_json)


def _row(batch: Batch) -> tuple[object, ...]:
    lines = batch.lines
    counts = (lines.total, lines.succeeded, lines.failed, lines.invalid)
    return (batch.id, batch.name, batch.state, *counts, batch.created_at)
