"""``triptych audit``: what was written down of accounts, newest first."""

import json
from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from cli.asking import open_client
from cli.options import AsJson
from cli.printing import say, tell

NEWEST = 50


def audit(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = NEWEST,
    created_after: Annotated[datetime | None, typer.Option(help="It was done then or later.")] = None,
    created_before: Annotated[datetime | None, typer.Option(help="It was done before then.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell who signed in, made keys, invited and changed users: an administrator by anybody, others by themselves."""
    with open_client() as client:
        found = client.audit.list(created_after=created_after, created_before=created_before)
        for entry in islice(found, limit):
            if as_json:
                tell(entry)
            else:
                detail = json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""
                who = entry.actor or "nobody known"
                say(f"{entry.at}  {entry.action}  {who}  {entry.address}  {entry.object_id}  {detail}".rstrip())
