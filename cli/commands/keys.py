"""``triptych keys``: make one for a program, see when it was last used, revoke it."""

from typing import Annotated

import typer

from cli.asking import open_client
from cli.options import AsJson
from cli.printing import note, say, table, tell

COLUMNS = ("ID", "NAME", "BEGINS", "SCOPES", "LAST USED", "EXPIRES")

keys_app = typer.Typer(help="API keys, where people sign in: list, create, revoke.")


@keys_app.callback(invoke_without_command=True)
def keys(context: typer.Context, as_json: AsJson = False) -> None:
    """List your API keys."""
    if context.invoked_subcommand is not None:
        return
    with open_client() as client:
        found = client.keys.list()
    if not as_json:
        told = [
            (one.id, one.name, one.prefix, " ".join(one.scopes), one.last_used_at or "never", one.expires_at or "never")
            for one in found
        ]
        table(COLUMNS, told)
    for key in found if as_json else ():
        tell(key)


@keys_app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option("--scope", "-s", help="Such as jobs:write; may be said several times.")],
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when, with its zone: 2027-01-31T00:00:00Z.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print it: this once."""
    with open_client() as client:
        key = client.keys.create(name, scope, expires_at=expires)
    if as_json:
        tell(key)
        return
    say(key.key)
    note(f"{key.name} ({key.id}) may {', '.join(key.scopes)}; what the key is will not be told again")


@keys_app.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="KEY", help="The id of a key.")]) -> None:
    """Have a key refused from now on."""
    with open_client() as client:
        client.keys.revoke(key_id)
    note(f"{key_id} is revoked")
