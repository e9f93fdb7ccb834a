"""``triptych chat``: ask, and read the answer while it is being written."""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.asking import open_client
from cli.errors import Unreadable
from cli.exits import Exit
from cli.options import AsJson
from cli.orders import STDIN, text_of_stdin
from cli.printing import note, say, shown, tell
from cli.progress import progress
from cli.uploading import bring
from triptych.client import Client, Refused, Source
from triptych.client.records.conversation import ChatMessage
from triptych.client.records.events import JobPart, JobStarted

PROMPT = "> "


def chat(
    question: Annotated[
        str | None, typer.Argument(metavar="[QUESTION]", help="Ask this and end; - is standard input.")
    ] = None,
    file: Annotated[list[Path] | None, typer.Option("--file", "-f", help="Comes with the first question.")] = None,
    conversation: Annotated[str | None, typer.Option("--conversation", "-c", help="Go on with this one.")] = None,
    memory: Annotated[bool | None, typer.Option(help="Look into what is remembered, or not.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask about what was heard, seen and read, and about files that come with the question.

    Without a QUESTION it asks for one after another, until Ctrl-D; Ctrl-C stops an answer. --json prints each reply.
    """
    if question is None and not sys.stdin.isatty():
        question = STDIN
    said = text_of_stdin().strip() if question == STDIN else question
    with open_client() as client:
        talk = conversation or client.conversations.create().id
        with progress(0, quiet=as_json) as sending:
            files = [bring(client, _source(path), sending).id for path in file or ()]
        asking = _Asking(client, talk, memory=memory, as_json=as_json)
        if said is not None:
            reply = asking.ask(said, files)
            if reply is None or reply.error or reply.state != "succeeded":
                raise typer.Exit(Exit.JOB_FAILED)
            return
        note(f"conversation {talk}; Ctrl-D ends")
        while (line := _line()) is not None:
            if line:
                _ask_on(asking, line, files)
                files = []


class _Asking:
    """One conversation at the terminal."""

    def __init__(self, client: Client, conversation_id: str, *, memory: bool | None, as_json: bool) -> None:
        self._client = client
        self._conversation_id = conversation_id
        self._memory = memory
        self._as_json = as_json

    def ask(self, text: str, files: list[str]) -> ChatMessage | None:
        """The reply, which is printed while it comes. Ctrl-C stops it."""
        posted = self._client.conversations.ask(self._conversation_id, text, files=files, memory=self._memory)
        if posted.reply.job_id is not None:
            self._follow(posted.reply.job_id)
        reply = self._client.conversations.message(self._conversation_id, posted.reply.id)
        if reply is not None:
            self._end(reply)
        return reply

    def _follow(self, job_id: str) -> None:
        try:
            for event in self._client.jobs.watch(job_id):
                if isinstance(event, JobStarted) and event.data.attempt > 1 and not self._as_json:
                    say("\n[the answer begins anew]")
                if isinstance(event, JobPart) and not self._as_json:
                    typer.echo(shown(str(event.data.body.get("text", ""))), nl=False)
        except KeyboardInterrupt:
            note("\n[stopped]")
            with contextlib.suppress(Refused):  # it has just ended
                self._client.jobs.cancel(job_id)

    def _end(self, reply: ChatMessage) -> None:
        if self._as_json:
            tell(reply)
            return
        say()
        for citation in reply.citations:
            say(
                f"[{citation.number}] {citation.title}{f'  {self._client.url}{citation.link}' if citation.link else ''}"
            )
        for warning in reply.warnings:
            note(f"warning: {warning}")
        if reply.error:
            note(f"triptych: {reply.error.message}")


def _ask_on(asking: _Asking, line: str, files: list[str]) -> None:
    """Ask in a talk that goes on whatever is refused."""
    try:
        asking.ask(line, files)
    except Refused as error:
        note(f"triptych: {error}")


def _line() -> str | None:
    """What somebody types; None at the end."""
    with contextlib.suppress(ImportError):  # where Python has it, lines are edited and called back
        import readline  # noqa: F401
    try:
        return input(PROMPT).strip()
    except EOFError:
        say()
        return None


def _source(path: Path) -> Source:
    try:
        return Source.of_path(path)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or 'it is a folder'}") from None
