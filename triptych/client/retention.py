"""Retention: which of the caller's things go by themselves, and when."""

from collections.abc import Sequence

from triptych.client.records.retention import Retention, RetentionRule
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/retention"


class Retentions:
    """The caller's rules. Every call raises Unreachable, Refused or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Retention:
        """The rules that hold, and how much is to go by them now."""
        return self._transport.tell(Retention, Ask("GET", ROOT))

    def change(self, rules: Sequence[RetentionRule] | None, *, dry_run: bool = False) -> Retention:
        """Have these rules hold: none at all keep everything, None has the house's hold again.

        With ``dry_run`` nothing is changed, and told what would go by them.
        """
        told = None if rules is None else [rule.model_dump() for rule in rules]
        query = {"dry_run": "true" if dry_run else None}
        return self._transport.tell(Retention, Ask("PUT", ROOT, query=query, json={"rules": told}, repeatable=True))
