"""A house is looked after from a terminal alone: the first account, invitations, keys, quotas, and the audit log."""

import json

import pytest
from support.at_work import AtWork
from support.shell import Done, run

from cli.exits import Exit
from triptych.accounts.invitations import offer_setup

PASSWORD = b"correct horse battery staple\n"
ADDRESS = "ada@triptych.example"


@pytest.fixture
def house(house_working: AtWork, monkeypatch: pytest.MonkeyPatch) -> AtWork:
    """A house where nobody has an account yet, which the command asks without a key."""
    monkeypatch.setenv("TRIPTYCH_URL", house_working.url)
    monkeypatch.delenv("TRIPTYCH_KEY", raising=False)
    return house_working


@pytest.fixture
def ada(house: AtWork, monkeypatch: pytest.MonkeyPatch) -> AtWork:
    """The first administrator, whose key the command has."""
    assert joined(house, "--email", ADDRESS, "--name", "Ada").status == Exit.DONE
    key = run(
        "keys", "create", "terminal", "-s", "admin:read", "-s", "admin:write", "--sign-in", ADDRESS, stdin=PASSWORD
    )
    monkeypatch.setenv("TRIPTYCH_KEY", key.out.strip())
    return house


def joined(house: AtWork, *arguments: str) -> Done:
    return run("users", "join", f"{house.url}/setup#{offer_setup(house.store)}", *arguments, stdin=PASSWORD)


def test_the_first_account_is_made_by_the_link_of_the_start(house: AtWork) -> None:
    done = joined(house, "--email", ADDRESS, "--name", "Ada")

    assert done.status == Exit.DONE
    assert done.out.split()[1:] == [ADDRESS, "Ada", "admin"]


def test_the_first_account_needs_an_address(house: AtWork) -> None:
    done = joined(house, "--name", "Ada")

    assert (done.status, done.err) == (Exit.USAGE, "triptych: the first account needs --email\n")


def test_a_password_makes_the_first_key(ada: AtWork) -> None:
    done = run("keys", "--json")

    assert [json.loads(line)["name"] for line in done.out.splitlines()] == ["terminal"]


def test_a_wrong_password_makes_no_key(ada: AtWork) -> None:
    done = run("keys", "create", "n", "-s", "jobs:read", "--sign-in", ADDRESS, stdin=b"not this one, surely\n")

    assert (done.status, done.out) == (Exit.REFUSED, "")
    assert done.err.startswith("triptych: no account here has this address and this password\n")


def test_without_a_password_nothing_is_asked(ada: AtWork) -> None:
    done = run("keys", "create", "n", "-s", "jobs:read", "--sign-in", ADDRESS)

    assert (done.status, done.out) == (Exit.USAGE, "")


def test_whoever_is_invited_comes_in_and_is_disabled_by_their_address(ada: AtWork) -> None:
    link = run("users", "invite", "Bob@triptych.example", "--role", "viewer", "--days", "1").out.strip()
    waiting = run("users", "invitations", "--json").out
    came = run("users", "join", link.replace("http://localhost:8000", ada.url), "--name", "Bob", stdin=PASSWORD)

    done = run("users", "disable", "bob@triptych.example", "--json")

    assert json.loads(waiting)["email"] == "bob@triptych.example"
    assert (came.status, came.out.split()[1:]) == (Exit.DONE, ["bob@triptych.example", "Bob", "viewer"])
    assert json.loads(done.out)["disabled_at"] is not None
    assert "user.changed" in run("audit").out


def test_what_is_no_address_is_told_in_words(ada: AtWork) -> None:
    done = run("users", "invite", "notanaddress")

    assert (done.status, done.out) == (Exit.REFUSED, "")
    assert done.err.startswith("triptych: email: an address has one @ with something on either side and no spaces")
    assert len(done.err.splitlines()) == 1


def test_an_invitation_is_taken_back(ada: AtWork) -> None:
    made = json.loads(run("users", "invite", "bob@triptych.example", "--json").out)

    done = run("users", "uninvite", made["id"])

    assert (done.status, run("users", "invitations", "--json").out) == (Exit.DONE, "")


def test_every_quota_is_listed(ada: AtWork) -> None:
    run("users", "change", ADDRESS, "--running", "2", "--bytes", "1024", "--uploads", "9")

    header, row = (line.split() for line in run("users").out.splitlines())

    assert header[-4:] == ["JOBS", "RUNNING", "BYTES", "UPLOADS"]
    assert row[-5:] == ["house", "2", "1.0", "KiB", "9"]


NO_QUOTAS = dict.fromkeys(["jobs_queued", "file_bytes", "jobs_in_flight", "uploads"])


def test_quotas_are_numbers_none_or_those_of_the_house(ada: AtWork) -> None:
    changed = run("users", "change", ADDRESS, "--jobs", "5", "--running", "2", "--bytes", "0", "--json").out
    again = run("users", "change", ADDRESS, "--jobs", "house", "--uploads", "9", "--json").out

    assert json.loads(changed)["quotas"] == {**NO_QUOTAS, "jobs_queued": 5, "file_bytes": 0, "jobs_in_flight": 2}
    assert json.loads(again)["quotas"] == {**NO_QUOTAS, "file_bytes": 0, "jobs_in_flight": 2, "uploads": 9}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("change", ADDRESS), "say what is to change: --role, --jobs, --running, --bytes or --uploads"),
        (("change", ADDRESS, "--jobs", "many"), "'many' is no bound"),
        (("disable", "eve@triptych.example"), "nobody here has the address eve@triptych.example"),
        (("join", "http://localhost:8000/", "--name", "A"), "is no link to come in by"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(ada: AtWork, arguments: tuple[str, ...], said: str) -> None:
    done = run("users", *arguments)

    assert (done.status, done.out) == (Exit.USAGE, "")
    assert said in done.err


def test_the_last_administrator_stays(ada: AtWork) -> None:
    done = run("users", "disable", ADDRESS)

    assert (done.status, len(done.err.splitlines())) == (Exit.REFUSED, 1)
