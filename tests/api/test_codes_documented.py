"""Every code that a program may act on stands on the API's page: a new one fails here until it does."""

import re
from pathlib import Path

import pytest

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
