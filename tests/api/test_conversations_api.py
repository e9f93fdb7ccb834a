"""Conversations over HTTP: asking, branching, and what is refused."""

import pytest
from support.chatting import succeed, write
from support.work import a_claim

from triptych.jobs.reading import get_job

LOCAL = "local"


@pytest.fixture
def talk(sqlite_client):
    """A new conversation's address."""
    response = sqlite_client.post("/api/v1/conversations", json={})
    assert response.status_code == 201
    return response.headers["Location"]


@pytest.fixture
def ask(sqlite_client, talk):
    """Ask in it, and return the question and the reply."""

    def post(text="When?", status=202, **asked):
        response = sqlite_client.post(f"{talk}/messages", json={"text": text, **asked})
        assert response.status_code == status, response.text
        return response.get_json()

    return post


@pytest.fixture
def answer(sqlite_store):
    """Write the reply that was posted."""

    def by_hand(posted, *pieces):
        claimed = a_claim(sqlite_store, get_job(sqlite_store, LOCAL, posted["reply"]["job_id"]))
        write(sqlite_store, claimed, *pieces)
        succeed(sqlite_store, claimed, "".join(pieces), [])

    return by_hand


def messages(client, talk):
    return client.get(f"{talk}/messages").get_json()["items"]


def test_conversation_begins_with_the_settings_that_are_named(sqlite_client):
    asked = {"settings": {"memory": "asked", "system": "Be kind."}}

    begun = sqlite_client.post("/api/v1/conversations", json=asked).get_json()

    expected = {"memory": "asked", "system": "Be kind.", "model": "", "temperature": 0.2, "speak": False}
    assert begun["settings"] == expected
    assert sqlite_client.get(f"/api/v1/conversations/{begun['id']}").get_json() == begun


def test_question_is_answered_by_a_job_whose_parts_are_tokens(sqlite_client, talk, ask, answer):
    posted = ask("When did it open?")
    answer(posted, "In ", "1871.")

    question, reply = messages(sqlite_client, talk)
    parts = sqlite_client.get(f"/api/v1/jobs/{posted['reply']['job_id']}/parts").get_json()["items"]
    assert (question["text"], question["state"], reply["parent_id"]) == ("When did it open?", None, question["id"])
    assert (reply["text"], reply["state"], reply["error"]) == ("In 1871.", "succeeded", None)
    assert [part["body"]["text"] for part in parts] == ["In ", "1871."]


def test_stopped_reply_keeps_the_text_so_far(sqlite_client, sqlite_store, talk, ask):
    posted = ask()
    write(sqlite_store, a_claim(sqlite_store, get_job(sqlite_store, LOCAL, posted["reply"]["job_id"])), "In ", "18")

    sqlite_client.post(f"/api/v1/jobs/{posted['reply']['job_id']}/cancel")

    reply = messages(sqlite_client, talk)[-1]
    assert (reply["text"], reply["state"]) == ("In 18", "cancelled")


def test_regenerated_reply_stands_beside_the_first(sqlite_client, talk, ask, answer):
    posted = ask()
    answer(posted, "In 1871.")

    again = sqlite_client.post(f"{talk}/messages/{posted['reply']['id']}/regenerate")

    told = messages(sqlite_client, talk)
    assert again.status_code == 202
    assert [message["parent_id"] for message in told] == [None, *[posted["message"]["id"]] * 2]


def test_edited_question_stands_beside_the_first(sqlite_client, talk, ask, answer):
    posted = ask("When?")
    answer(posted, "In 1871.")

    edited = sqlite_client.post(f"{talk}/messages/{posted['message']['id']}/edit", json={"text": "Where?"}).get_json()

    assert (edited["message"]["text"], edited["message"]["parent_id"]) == ("Where?", None)
    assert edited["reply"]["parent_id"] == edited["message"]["id"]


def test_edited_question_keeps_loses_and_gains_files(sqlite_client, talk, ask, answer):
    old, new = (
        sqlite_client.post(f"/api/v1/files?name={name}.txt", data=b"The harbour.").get_json()["id"] for name in "ab"
    )
    posted = ask("When?", files=[old])
    answer(posted, "In 1871.")
    place = f"{talk}/messages/{posted['message']['id']}/edit"

    edits = [{"text": "a"}, {"text": "b", "files": []}, {"text": "c", "files": [old, new]}]
    told = [sqlite_client.post(place, json=one).get_json()["message"]["files"] for one in edits]

    assert [[file["file_id"] for file in files] for files in told] == [[old], [], [old, new]]


@pytest.mark.parametrize("what", ["", "/{question}/edit", "/{reply}/regenerate"], ids=["ask", "edit", "regenerate"])
def test_request_that_comes_twice_with_one_key_is_done_once(sqlite_client, talk, ask, answer, what):
    posted = ask("When?")
    answer(posted, "In 1871.")
    place = f"{talk}/messages{what.format(question=posted['message']['id'], reply=posted['reply']['id'])}"
    asked = {} if "regenerate" in what else {"text": "Where?"}
    keyed = {"Idempotency-Key": "once"}

    first = sqlite_client.post(place, json=asked, headers=keyed)
    again = sqlite_client.post(place, json=asked, headers=keyed)
    count = len(messages(sqlite_client, talk))
    answer(first.get_json(), "In Norway.")
    late = sqlite_client.post(place, json=asked, headers=keyed)
    other = sqlite_client.post(place, json={**asked, "memory": True}, headers=keyed)

    assert (first.status_code, again.status_code, late.status_code) == (202, 202, 200)
    assert first.get_json() == again.get_json()
    assert first.headers["Location"] == late.headers["Location"]
    assert late.get_json()["reply"]["text"] == "In Norway."
    assert len(messages(sqlite_client, talk)) == count
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_mismatch")


def test_key_that_is_none_is_refused(sqlite_client, talk):
    refused = sqlite_client.post(f"{talk}/messages", json={"text": "Hi"}, headers={"Idempotency-Key": "a b"})

    assert (refused.status_code, refused.get_json()["errors"][0]["where"]) == (422, "Idempotency-Key")


def test_title_and_settings_are_changed_one_by_one(sqlite_client, talk):
    named = sqlite_client.patch(talk, json={"title": "  Ardal \n harbour "}).get_json()
    spoken = sqlite_client.patch(talk, json={"settings": {"speak": True}}).get_json()

    assert named["title"] == spoken["title"] == "Ardal harbour"
    assert (named["settings"]["speak"], spoken["settings"]["speak"]) == (False, True)


def test_conversations_are_listed_page_by_page_and_found_by_words(sqlite_client, ask):
    ask("Who paid for the herring?")
    for _ in range(2):
        sqlite_client.post("/api/v1/conversations", json={})

    first = sqlite_client.get("/api/v1/conversations?limit=2").get_json()
    rest = sqlite_client.get(f"/api/v1/conversations?limit=2&cursor={first['next']}").get_json()
    found = sqlite_client.get("/api/v1/conversations?q=herring").get_json()

    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3
    assert rest["next"] is None
    assert [item["id"] for item in found["items"]] == [rest["items"][0]["id"]]


def test_deleted_conversation_is_gone_with_its_jobs(sqlite_client, talk, ask):
    posted = ask()

    deleted = sqlite_client.delete(talk)

    assert deleted.status_code == 204
    assert sqlite_client.get(f"{talk}/messages").status_code == 404
    assert sqlite_client.get(f"/api/v1/jobs/{posted['reply']['job_id']}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"text": "x" * 32_001}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "Hi", "files": ["00000000-0000-0000-0000-000000000000"] * 21}, "files"),
        ({"text": "Hi", "style": "short"}, "style"),
        ({"text": "Hi", "parent_id": "last"}, "parent_id"),
    ],
)
def test_bad_question_is_refused_by_the_name_of_what_is_wrong(sqlite_client, talk, asked, where):
    response = sqlite_client.post(f"{talk}/messages", json=asked)

    assert (response.status_code, response.get_json()["errors"][0]["where"]) == (422, where)
    assert messages(sqlite_client, talk) == []


def test_question_behind_a_reply_that_is_being_written_is_told_to_wait(ask):
    ask()

    problem = ask("And?", status=409)

    assert problem["code"] == "reply_unfinished"


def test_unknown_message_and_conversation_are_not_found(sqlite_client, talk, ask):
    nobody = "00000000-0000-7000-8000-000000000000"

    problems = [
        ask(status=404, parent_id=nobody),
        ask(status=404, files=[nobody]),
        sqlite_client.post(f"/api/v1/conversations/{nobody}/messages", json={"text": "Hi"}).get_json(),
        sqlite_client.post(f"{talk}/messages/{nobody}/edit", json={"text": "Hi"}).get_json(),
    ]

    assert {problem["code"] for problem in problems} == {"not_found"}


def test_replies_are_no_pipeline_that_a_job_may_be_asked_of(sqlite_client):
    offered = [item["name"] for item in sqlite_client.get("/api/v1/pipelines").get_json()["items"]]
    params = {"conversation": "c", "reply": "r"}

    refused = sqlite_client.post("/api/v1/jobs", json={"pipeline": "chat.reply", "params": params})

    assert "chat.reply" not in offered
    assert refused.get_json()["code"] == "unknown_pipeline"


def test_file_of_a_message_can_be_deleted_once_its_reply_is_through(sqlite_client, sqlite_store, talk, ask, answer):
    file_id = sqlite_client.post("/api/v1/files?name=a.txt", data=b"The harbour opened in 1871.").get_json()["id"]
    posted = ask(files=[file_id])

    early = sqlite_client.delete(f"/api/v1/files/{file_id}")
    answer(posted, "In 1871.")
    late = sqlite_client.delete(f"/api/v1/files/{file_id}")

    [attached] = messages(sqlite_client, talk)[0]["files"]
    assert (early.status_code, late.status_code) == (409, 204)
    assert (attached["file_id"], attached["name"]) == (None, "a.txt")
