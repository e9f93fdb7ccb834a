"""``triptych users``: who has an account; invite somebody, come in by a link, disable, and what each may take."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import typer

from cli.asking import given_url, open_client
from cli.errors import NotUnderstood
from cli.options import AsJson, offered
from cli.passwords import new_password
from cli.printing import note, say, size, table, tell
from triptych.client import Client
from triptych.client.records.account import Account

COLUMNS = ("ID", "ADDRESS", "NAME", "ROLE", "SINCE", "DISABLED", "JOBS", "RUNNING", "BYTES", "UPLOADS")
INVITED = ("ID", "ADDRESS", "ROLE", "EXPIRES")
ROLES = ("viewer", "member", "admin")
DAY_S = 86_400


def addresses(incomplete: str) -> Iterator[tuple[str, str]]:
    """The users whose addresses begin so, with their names."""
    return offered(lambda client: ((one.email, one.name) for one in client.users.list()), incomplete)


def roles(incomplete: str) -> Iterator[str]:
    """The roles that begin so."""
    yield from (role for role in ROLES if role.startswith(incomplete))


users_app = typer.Typer(help="Users, for administrators: list, invite, disable; and coming in by a link.")
Whom = Annotated[str, typer.Argument(metavar="USER", help="An address, or an id.", autocompletion=addresses)]
Role = Annotated[str, typer.Option("--role", help="viewer, member or admin.", autocompletion=roles)]


@users_app.callback(invoke_without_command=True)
def users(context: typer.Context, as_json: AsJson = False) -> None:
    """List the users."""
    if context.invoked_subcommand is not None:
        return
    with open_client() as client:
        found = list(client.users.list())
    _show(found, as_json=as_json)


@users_app.command()
def invite(
    email: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom.")],
    role: Role = "member",
    days: Annotated[float, typer.Option(min=0.001, max=30, help="So long is the link good.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Invite somebody, and print the link that makes their account: this once. Nothing is sent by mail."""
    with open_client() as client:
        made = client.invitations.create(email, role=role, lasts_s=round(days * DAY_S))
    if as_json:
        tell(made)
        return
    say(made.link)
    note(f"{made.email} may come in by it as {made.role} until {made.expires_at}; it will not be told again")


@users_app.command()
def invitations(as_json: AsJson = False) -> None:
    """List the invitations that can still be accepted."""
    with open_client() as client:
        found = client.invitations.list()
    if not as_json:
        table(INVITED, [(one.id, one.email, one.role, one.expires_at) for one in found])
    for one in found if as_json else ():
        tell(one)


@users_app.command()
def uninvite(invitation: Annotated[str, typer.Argument(metavar="INVITATION", help="Its id.")]) -> None:
    """Have the link of an invitation do nothing."""
    with open_client() as client:
        client.invitations.revoke(invitation)
    note(f"{invitation} is revoked")


@users_app.command()
def join(
    link: Annotated[str, typer.Argument(metavar="LINK", help="Of an invitation, or the one that the start says.")],
    name: Annotated[str, typer.Option(prompt="your name", help="What you are called.")],
    email: Annotated[
        str | None, typer.Option(help="Your address, for the first account; else you were invited.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make your account by a link. The password is asked for, or the next line of standard input.

    Then `triptych keys create NAME -s SCOPE --sign-in ADDRESS` makes a key to ask with.
    """
    place, token = _parts(link)
    if place.path.endswith("/setup") and email is None:
        raise NotUnderstood("the first account needs --email")
    with Client(given_url() or f"{place.scheme}://{place.netloc}") as client:
        chosen = new_password()
        if place.path.endswith("/setup"):
            session = client.session.set_up(token, email=email or "", name=name, password=chosen)
        else:
            session = client.session.accept(token, name=name, password=chosen)
        client.session.sign_out()
    if as_json:
        tell(session.user)
        return
    say(f"{session.user.id}  {session.user.email}  {session.user.name}  {session.user.role}")


@users_app.command()
def disable(user: Whom, as_json: AsJson = False) -> None:
    """Sign a user out everywhere and refuse their keys, until they are enabled."""
    _change(user, as_json=as_json, disabled=True)


@users_app.command()
def enable(user: Whom, as_json: AsJson = False) -> None:
    """Let a user in again."""
    _change(user, as_json=as_json, disabled=False)


@users_app.command()
def change(
    user: Whom,
    role: Annotated[str | None, typer.Option(help="viewer, member or admin.", autocompletion=roles)] = None,
    jobs: Annotated[str | None, typer.Option(help="Most jobs that wait; 0: no bound, house: as the settings.")] = None,
    bytes_of_files: Annotated[str | None, typer.Option("--bytes", help="Most bytes of files; as --jobs.")] = None,
    running: Annotated[str | None, typer.Option(help="Most jobs that run in one lane; as --jobs.")] = None,
    uploads: Annotated[str | None, typer.Option(help="Most uploads under way; as --jobs.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a user another role, or other quotas."""
    given = {"jobs_queued": jobs, "file_bytes": bytes_of_files, "jobs_in_flight": running, "uploads": uploads}
    quotas = {name: _bound(value) for name, value in given.items() if value is not None}
    if role is None and not quotas:
        raise NotUnderstood("say what is to change: --role, --jobs, --running, --bytes or --uploads")
    _change(user, as_json=as_json, role=role, quotas=quotas or None)


@users_app.command()
def delete(user: Whom) -> None:
    """Delete a user who has nothing any more."""
    with open_client() as client:
        client.users.delete(_id_of(client, user))
    note(f"{user} is deleted")


def _change(
    user: str,
    *,
    as_json: bool,
    role: str | None = None,
    disabled: bool | None = None,
    quotas: dict[str, int | None] | None = None,
) -> None:
    with open_client() as client:
        changed = client.users.change(_id_of(client, user), role=role, disabled=disabled, quotas=quotas)
    _show([changed], as_json=as_json)


def _id_of(client: Client, user: str) -> str:
    """The id of whoever has this address, or ``user`` itself. Raises NotUnderstood."""
    if "@" not in user:
        return user
    for one in client.users.list():
        if one.email == user.lower():
            return one.id
    raise NotUnderstood(f"nobody here has the address {user}: `triptych users` lists them")


def _bound(told: str) -> int | None:
    """A quota; None: as the settings say."""
    if told == "house":
        return None
    if not told.isdecimal():
        raise NotUnderstood(f"{told!r} is no bound: say a number, 0 for none, or house for what the settings say")
    return int(told)


def _parts(link: str) -> tuple[SplitResult, str]:
    """Where a link leads, and what stands behind its ``#``. Raises NotUnderstood."""
    place = urlsplit(link)
    if not (place.netloc and place.fragment):
        raise NotUnderstood(f"{link!r} is no link to come in by: it looks like http://localhost:8000/invitation#...")
    return place, place.fragment


def _show(found: list[Account], *, as_json: bool) -> None:
    if not as_json:
        table(COLUMNS, [_row(one) for one in found])
    for one in found if as_json else ():
        tell(one)


def _row(user: Account) -> tuple[str, ...]:
    own = user.quotas
    held = size(own.file_bytes) if own.file_bytes else own.file_bytes
    bounds = (own.jobs_queued, own.jobs_in_flight, held, own.uploads)
    since, disabled = user.created_at, user.disabled_at or "no"
    told = ("house" if bound is None else str(bound) for bound in bounds)
    return (user.id, user.email, user.name, user.role, since, disabled, *told)
