"""``triptych speak``: a text read aloud, to a file or through a pipe to whatever plays it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import open_client
from cli.errors import NotUnderstood
from cli.exits import Exit
from cli.options import AsJson, ToFile
from cli.orders import STDIN, text_of_stdin
from cli.printing import note, tell
from cli.results import refuse_terminal, write_output
from cli.waiting import wait_for
from triptych.client.records.job import Job

FORMATS = ("mp3", "wav", "ogg", "flac")


def speak(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What to say; without it, standard input.")] = STDIN,
    to: ToFile = None,
    language: Annotated[str, typer.Option("--language", "-l", help="The text's, such as de.")] = "en",
    voice: Annotated[str | None, typer.Option(help="Such as f1 or m3.")] = None,
    sound_format: Annotated[
        str | None, typer.Option("--format", help="mp3, wav, ogg or flac; else as FILE ends, or mp3.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a text aloud into FILE, or to standard output: `triptych speak hello | ffplay -`. --json tells the job."""
    if to is None:
        refuse_terminal("sound")
    if to is None and as_json:
        raise NotUnderstood("--json and the sound cannot both go to standard output: say -o FILE")
    said = text_of_stdin() if text == STDIN else text
    params: dict[str, Any] = {"language": language, "format": sound_format or _format_of(to)}
    if voice is not None:
        params["voice"] = voice
    with open_client() as client:
        job = client.jobs.create("audio.speak", text=said, params=params)
        ended: list[Job] = []
        wait_for(client, {job.id: "speech"}, ended.append, quiet=as_json)
        [done] = ended
        if done.has_succeeded:
            [speech] = [output for output in done.outputs if output.media_type.startswith("audio/")]
            write_output(client, speech, to)
    if as_json:
        tell(done)
    for warning in done.warnings:
        note(f"warning: {warning}")
    if not done.has_succeeded:
        note(f"triptych: {done.error.message if done.error else 'the job was cancelled'}")
        raise typer.Exit(Exit.JOB_FAILED)


def _format_of(to: Path | None) -> str:
    ending = to.suffix.lstrip(".").lower() if to else ""
    return ending if ending in FORMATS else FORMATS[0]
