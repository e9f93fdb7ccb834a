"""Rules of retention over the API: told, changed, and tried without being meant."""

import pytest

URL = "/api/v1/retention"
RULES = [
    {"what": "jobs", "days": 30, "pipeline": "text.keywords", "media": None},
    {"what": "files", "days": 7, "pipeline": None, "media": "audio/*"},
]
NOTHING = {"jobs": 0, "files": 0, "size_bytes": 0}


def test_nothing_goes_by_itself_at_first(sqlite_client):
    assert sqlite_client.get(URL).get_json() == {"rules": [], "is_own": False, "due": NOTHING}


def test_rules_hold_until_others_do(sqlite_client):
    changed = sqlite_client.put(URL, json={"rules": RULES})
    told = sqlite_client.get(URL).get_json()
    sqlite_client.put(URL, json={"rules": None})

    assert changed.status_code == 200
    assert told == changed.get_json() == {"rules": RULES, "is_own": True, "due": NOTHING}
    assert sqlite_client.get(URL).get_json()["is_own"] is False


def test_dry_run_changes_nothing(sqlite_client):
    response = sqlite_client.put(f"{URL}?dry_run=true", json={"rules": RULES})

    assert response.get_json()["rules"] == RULES
    assert sqlite_client.get(URL).get_json()["is_own"] is False


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_rule_of_a_pipeline_that_there_is_none_of_is_refused(sqlite_client, query):
    rules = [RULES[0], {"what": "jobs", "days": 30, "pipeline": "nope"}]

    response = sqlite_client.put(f"{URL}{query}", json={"rules": rules})

    problem = response.get_json()
    told = response.status_code, problem["code"], problem["errors"][0]["where"]
    assert told == (422, "unknown_pipeline", "rules.1.pipeline")
    assert sqlite_client.get(URL).get_json()["rules"] == []


@pytest.mark.parametrize(
    "rule",
    [
        {"what": "memories", "days": 1},
        {"what": "jobs", "days": 0},
        {"what": "jobs", "days": 1, "media": "audio/*"},
        {"what": "files", "days": 1, "pipeline": "text.keywords"},
        {"what": "files", "days": 1, "media": "%"},
        {"what": "jobs", "days": 10**9},
    ],
)
def test_rule_that_makes_no_sense_is_refused(sqlite_client, rule):
    response = sqlite_client.put(URL, json={"rules": [rule]})

    assert (response.status_code, response.get_json()["code"]) == (422, "invalid_request")
    assert sqlite_client.get(URL).get_json()["rules"] == []
