"""Large files come whole, over connections that break, or not at all."""

from hashlib import sha256
from io import BytesIO

import pytest
from support.at_work import AtWork
from support.flaky_front import flaky_front

from triptych.client import Client, Incomplete, NotFound, Patience, Refused, Source

TEXT = "".join(f"line {number} of a long text\n" for number in range(60_000)).encode()


def test_an_upload_becomes_a_file_and_is_told_while_it_is_sent(client: Client) -> None:
    source, sent = Source.of_bytes("Übersicht.txt", TEXT), []

    file = client.uploads.send(client.uploads.begin(source), source, sent.append)

    assert (file.name, file.sha256) == ("Übersicht.txt", sha256(TEXT).hexdigest())
    assert sent[-1] == len(TEXT)
    assert sent == sorted(sent)


def test_an_upload_goes_on_behind_what_had_come(client: Client, working: AtWork, quick: Patience) -> None:
    source = Source.of_bytes("long.txt", TEXT)

    with (
        flaky_front(working.url, asks=[400_000, 500_000, 300_000]) as front,
        Client(front.url, patience=quick) as away,
    ):
        file = away.uploads.send(away.uploads.begin(source), source)

    assert file.sha256 == sha256(TEXT).hexdigest()
    assert front.connections >= 4
    assert front.asked_bytes < 1.5 * len(TEXT)


def test_an_upload_that_is_through_is_not_sent_again(client: Client) -> None:
    source, sent = Source.of_bytes("long.txt", TEXT), []
    upload = client.uploads.begin(source)
    file = client.uploads.send(upload, source)

    again = client.uploads.send(client.uploads.get(upload.id), source, sent.append)

    assert (again.id, sent) == (file.id, [])


def test_a_file_that_changes_meanwhile_is_told_and_does_not_stay(client: Client) -> None:
    contents = iter([BytesIO(b"before"), BytesIO(b"behind")])
    source = Source("note.txt", 6, lambda: next(contents))
    upload = client.uploads.begin(source)

    with pytest.raises(Incomplete, match=r"note\.txt was changed"):
        client.uploads.send(upload, source)

    with pytest.raises(NotFound):
        client.files.get(str(client.uploads.get(upload.id).file_id))


def test_a_file_that_shrinks_is_told_at_once(client: Client) -> None:
    source = Source("note.txt", 60, lambda: BytesIO(b"short"))

    with pytest.raises(Incomplete, match="was changed"):
        client.uploads.send(client.uploads.begin(source), source)


def test_what_is_refused_in_the_end_is_told_by_its_code(client: Client) -> None:
    source = Source.of_bytes("sound.wav", b"no sound at all, but words\n")

    with pytest.raises(Refused) as refused:
        client.uploads.send(client.uploads.begin(source), source)

    assert refused.value.code == "media_type_mismatch"


def test_an_upload_that_is_given_up_is_gone(client: Client) -> None:
    upload = client.uploads.begin(Source.of_bytes("long.txt", TEXT))

    client.uploads.give_up(upload.id)

    assert upload.id not in [one.id for one in client.uploads.list()]
