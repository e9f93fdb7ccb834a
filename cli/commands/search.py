"""``triptych search``: what jobs heard, saw and read, found again."""

from typing import Annotated

import typer

from cli.asking import open_client
from cli.options import AsJson
from cli.printing import note, say, tell
from cli.watching import clock
from triptych.client.records.memory import MemoryHit


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What to look for.")],
    modality: Annotated[list[str] | None, typer.Option(help="audio, image or text; may be said several times.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Of its source; may be said several times.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find what was heard, seen and read, by its words and by what it means, best first."""
    with open_client() as client:
        found = client.memory.search(" ".join(words), modality=modality or (), tag=tag or (), limit=limit)
        for warning in found.warnings:
            note(f"warning: {warning}")
        for hit in found.items:
            if as_json:
                tell(hit)
            else:
                say(f"{hit.source.title}{_place(hit)}  {client.url}{hit.link}")
                say(f"    {' '.join(hit.snippet.split())}")
        if not found.items and not as_json:
            note("nothing was found")


def _place(hit: MemoryHit) -> str:
    place = hit.memory.place
    if "start_s" in place:
        return f"  at {clock(place['start_s'])}"
    return f"  page {place['page']}" if place.get("page") else ""
