"""A citation of what was deleted is told with its words and as gone, and what it names is not found."""

from support.chatting import CITED, begin_for, succeed
from support.remembering import ask, passage, remember

from triptych.jobs.owner import delete_job

LOCAL = "local"
HARBOUR = "The harbour of Ardal opened in 1871."


def test_citation_of_a_deleted_memory_is_told_as_gone(client, store):
    job = remember(store, passage(HARBOUR), owner=LOCAL)
    [hit] = ask(store, "harbour", owner=LOCAL).hits
    talk = client.post("/api/v1/conversations", json={}).headers["Location"]
    posted = client.post(f"{talk}/messages", json={"text": "When?"}).get_json()
    citation = {**CITED, "memory_id": hit.memory.id, "source_id": hit.source.id, "job_id": job.id, "text": HARBOUR}
    succeed(store, begin_for(store, LOCAL, posted["reply"]["job_id"]), "In 1871 [1].", [citation])
    before = client.get(f"{talk}/messages").get_json()["items"][-1]["citations"]

    delete_job(store, LOCAL, job.id, with_inputs=True)

    told = client.get(f"{talk}/messages")
    [after] = told.get_json()["items"][-1]["citations"]
    named = [f"memory/{hit.memory.id}", f"memory/sources/{hit.source.id}", f"jobs/{job.id}"]
    assert (told.status_code, [one["gone"] for one in before]) == (200, [False])
    assert (after["gone"], after["text"]) == (True, HARBOUR)
    assert [client.get(f"/api/v1/{one}").status_code for one in named] == [404, 404, 404]
