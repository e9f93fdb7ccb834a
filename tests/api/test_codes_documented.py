"""Every code that a program may act on stands on the API's page: a new one fails here until it does."""

import re
from pathlib import Path

import pytest

from api.codes import CODES

ROOT = Path(__file__).parent.parent.parent
PROBLEMS, _, FAILURES = (ROOT / "docs" / "api.md").read_text().partition("### Why a job failed")

OF_FAILURES = r'\bcode"?(?:: str)? ?[=:] ?"([a-z_]+)"|\breturn "([a-z_]+)", f?"'
OF_PROBLEMS = r'\b[45]\d\d(?:,|:)\s*"([a-z_]+)"|\bcode(?:: str)? ?= ?"([a-z_]+)"'


def codes(folder: str, pattern: str) -> set[str]:
    text = "\n".join(path.read_text() for path in sorted((ROOT / folder).rglob("*.py")))
    return {code for match in re.finditer(pattern, text) for code in match.groups() if code}


@pytest.mark.parametrize(
    ("folder", "known"), [("pipelines", "no_audio"), ("workers", "no_disk"), ("triptych", "poisoned")]
)
def test_why_a_job_failed_is_documented(folder, known):
    found = codes(folder, OF_FAILURES)

    assert known in found, "the search no longer finds what is there"
    assert {code for code in found if f"`{code}`" not in FAILURES} == set()


def test_problems_are_documented():
    found = codes("api", OF_PROBLEMS)

    assert {"foreign_host", "database_away", "range_not_satisfiable"} <= found
    assert {code for code in found if f"`{code}`" not in PROBLEMS} == set()


def test_list_of_problems_has_every_one_of_them():
    listed = {code for codes in CODES.values() for code in codes}
    others = codes("api/openai", OF_PROBLEMS)  # which have another shape, and a page of their own

    found = codes("api", OF_PROBLEMS)

    assert found - others <= listed, "add it to api/codes.py"
    assert {code for code in listed if f"`{code}`" not in PROBLEMS} == set()
