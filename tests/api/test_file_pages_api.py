"""What a file says and shows, at the places that hits and citations lead to."""

import io

import pytest
from PIL import Image
from support.media import jpeg, wav
from support.pdfs import pdf

from pipelines.contract import Source
from pipelines.media.document import read_document

FILES = "/api/v1/files"
LINES = ["The mill was built in 1812."], ["It turns every day."], ["So says the miller."]


@pytest.fixture
def keep(sqlite_client):
    """Upload a file, and return its address."""

    def upload(name: str, content: bytes) -> str:
        answer = sqlite_client.post(f"{FILES}?name={name}", data=content)
        assert answer.status_code == 201, answer.text
        return f"{FILES}/{answer.get_json()['id']}"

    return upload


def test_page_of_a_pdf_is_told_at_the_characters_that_places_count(sqlite_client, keep, tmp_path):
    path = tmp_path / "mill.pdf"
    path.write_bytes(pdf(LINES))
    whole = read_document(Source(path, path.name, "application/pdf", 1), lambda: None).text
    start = whole.index("every day")

    told = sqlite_client.get(f"{keep('mill.pdf', path.read_bytes())}/text?page=2").get_json()

    assert (told["page"], told["pages"], told["length"]) == (2, 3, None)
    assert told["text"][start - told["start"] :].startswith("every day")


def test_page_without_text_is_told_as_such(sqlite_client, keep):
    told = sqlite_client.get(f"{keep('scan.pdf', pdf([[], []]))}/text").get_json()

    assert (told["text"], told["pages"]) == ("", 2)


@pytest.mark.parametrize(("at", "start"), [(0, 0), (130_000, 110_000), (2**31 - 1, 200_000)])
def test_long_text_is_told_around_the_character_that_is_asked_for(sqlite_client, keep, at, start):
    whole = "Zeile für Zeile 😀\r\n" * 15_000

    told = sqlite_client.get(f"{keep('long.txt', whole.encode())}/text?at={at}").get_json()

    assert (told["start"], told["length"], told["page"]) == (
        len(whole) - 100_000 if start == 200_000 else start,
        len(whole),
        None,
    )
    assert told["text"] == whole.replace("\r\n", " \n")[told["start"] :][:100_000]


def test_text_that_came_with_a_job_is_told(sqlite_client, new_job):
    [given] = new_job(text="Grüße aus der Mühle")["inputs"]

    told = sqlite_client.get(f"{FILES}/{given['file_id']}/text").get_json()

    assert told["text"] == "Grüße aus der Mühle"


@pytest.mark.parametrize("dpi", [72, 200])
def test_page_of_a_pdf_is_drawn_as_large_as_it_is_read(sqlite_client, keep, dpi):
    drawn = sqlite_client.get(f"{keep('mill.pdf', pdf(LINES))}/pages/3?dpi={dpi}")

    page = Image.open(io.BytesIO(drawn.data))
    assert (drawn.status_code, drawn.content_type, page.format) == (200, "image/jpeg", "JPEG")
    assert page.size == (round(595 * dpi / 72), round(842 * dpi / 72))
    assert page.convert("L").getextrema()[0] < 50  # there are letters on it


def test_each_page_of_a_tiff_is_drawn(sqlite_client, keep):
    scan = io.BytesIO()
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (40, 60), "blue")
    first.save(scan, "TIFF", save_all=True, append_images=[second])

    drawn = sqlite_client.get(f"{keep('scan.tif', scan.getvalue())}/pages/2")

    page = Image.open(io.BytesIO(drawn.data))
    assert page.size == (40, 60)
    assert page.getpixel((20, 30))[2] > 200


def test_page_that_is_known_is_not_drawn_again(sqlite_client, keep):
    page = f"{keep('mill.pdf', pdf(LINES))}/pages/1"
    first = sqlite_client.get(page)

    again = sqlite_client.get(page, headers={"If-None-Match": first.headers["ETag"]})
    larger = sqlite_client.get(f"{page}?dpi=210", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert larger.status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "asked", "code"),
    [
        ("mill.pdf", pdf(LINES), "text?page=4", "no_such_page"),
        ("mill.pdf", pdf(LINES), "pages/4", "no_such_page"),
        ("locked.pdf", pdf(LINES, "secret", "RC4-128"), "pages/1", "encrypted_pdf"),
        ("locked.pdf", pdf(LINES, "secret", "RC4-128"), "text", "encrypted_pdf"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "text", "bad_media"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "pages/1", "bad_media"),
        ("photo.jpg", jpeg(), "text", "wrong_media"),
        ("photo.jpg", jpeg(), "pages/2", "no_such_page"),
        ("talk.wav", wav(), "pages/1", "wrong_media"),
        ("talk.wav", wav(), "text", "wrong_media"),
        ("a.txt", b"words", "pages/1", "wrong_media"),
        ("a.txt", b"words", "text?at=-1", "invalid_request"),
        ("mill.pdf", pdf(LINES), "pages/1?dpi=4000", "invalid_request"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_its_code(sqlite_client, keep, name, content, asked, code):
    refused = sqlite_client.get(f"{keep(name, content)}/{asked}")

    assert (refused.status_code, refused.get_json()["code"]) == (422, code)


@pytest.mark.parametrize("asked", ["text", "pages/1"])
def test_file_whose_bytes_are_gone_is_not_found(sqlite_client, sqlite_store, keep, asked):
    address = keep("mill.pdf", pdf(LINES))
    sqlite_store.blobs.path(sqlite_client.get(address).get_json()["sha256"]).unlink()

    gone = sqlite_client.get(f"{address}/{asked}")

    assert (gone.status_code, gone.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("asked", ["text", "pages/1"])
def test_file_that_was_deleted_is_not_found(sqlite_client, keep, asked):
    address = keep("mill.pdf", pdf(LINES))
    sqlite_client.delete(address)

    assert sqlite_client.get(f"{address}/{asked}").status_code == 404
