"""Identifiers stand in the order of their making, and are those of RFC 9562."""

from uuid import RFC_4122, UUID

from triptych.ids import first_id_of, new_id


def test_ids_made_one_after_the_other_are_in_order() -> None:
    made = [new_id() for _ in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_ids_are_of_version_7_and_of_their_time() -> None:
    made = new_id()

    milliseconds = UUID(made).int >> 80
    assert (UUID(made).version, UUID(made).variant) == (7, RFC_4122)
    assert first_id_of(milliseconds / 1000) <= made < first_id_of((milliseconds + 1) / 1000)
