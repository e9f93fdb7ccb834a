"""The list of conversations goes on where a page of it ended, and nowhere else."""

import pytest
from sqlalchemy import update

from triptych.chat.tables import conversations


@pytest.mark.parametrize("used_at", [2.123456789012345, 1.5e-07, 1234567890.0])
def test_list_goes_on_behind_any_time_that_an_archive_can_bring(sqlite_client, sqlite_store, used_at):
    for _ in range(2):
        sqlite_client.post("/api/v1/conversations", json={})
    with sqlite_store.database.write() as connection:
        connection.execute(update(conversations).values(updated_at=used_at))

    first = sqlite_client.get("/api/v1/conversations?limit=1").get_json()
    rest = sqlite_client.get(f"/api/v1/conversations?limit=1&cursor={first['next']}").get_json()

    assert len({item["id"] for item in first["items"] + rest["items"]}) == 2
    assert rest["next"] is None


@pytest.mark.parametrize("cursor", ["x", "1.5", "nan", "-1.0", "1.5.1", "1.5e"])
def test_cursor_that_no_page_told_is_refused(sqlite_client, cursor):
    refused = sqlite_client.get(f"/api/v1/conversations?cursor={cursor}_{'0' * 36}")

    assert (refused.status_code, refused.get_json()["errors"][0]["where"]) == (422, "query.cursor")
