"""``triptych keys``: make one for a program, see when it was last used, revoke it."""

from collections.abc import Iterator
from typing import Annotated

import typer

from cli.asking import open_client
from cli.options import AsJson, offered
from cli.passwords import password_for
from cli.printing import note, say, table, tell

COLUMNS = ("ID", "NAME", "BEGINS", "SCOPES", "LAST USED", "EXPIRES")


def scopes(incomplete: str) -> Iterator[tuple[str, str]]:
    """What a key may be for, of what the caller's own is for."""
    return offered(lambda client: ((scope, "") for scope in client.session.get().scopes), incomplete)


def key_ids(incomplete: str) -> Iterator[tuple[str, str]]:
    """The keys whose ids begin so, with what they are for."""
    return offered(lambda client: ((key.id, key.name) for key in client.keys.list()), incomplete)


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
    scope: Annotated[
        list[str],
        typer.Option("--scope", "-s", help="Such as jobs:write; may be said several times.", autocompletion=scopes),
    ],
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when, with its zone: 2027-01-31T00:00:00Z.")
    ] = None,
    sign_in: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Come in with a password for this, where there is no key yet.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print it: this once.

    With --sign-in the password is asked for, or the next line of standard input; the session ends with the command.
    """
    with open_client() as client:
        if sign_in is not None:
            client.session.sign_in(sign_in, password_for(sign_in))
        key = client.keys.create(name, scope, expires_at=expires)
        if sign_in is not None:
            client.session.sign_out()
    if as_json:
        tell(key)
        return
    say(key.key)
    note(f"{key.name} ({key.id}) may {', '.join(key.scopes)}; what the key is will not be told again")


@keys_app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="The id of a key.", autocompletion=key_ids)],
) -> None:
    """Have a key refused from now on."""
    with open_client() as client:
        client.keys.revoke(key_id)
    note(f"{key_id} is revoked")
