"""Nobody takes all the places there are."""

from api.places import Places


def test_one_account_leaves_places_to_others():
    places = Places(most=4, each=2)

    taken = [places.take(owner) for owner in ("ada", "ada", "ada", "grace", "grace")]

    assert taken == [True, True, False, True, True]


def test_there_are_no_more_places_however_many_ask():
    places = Places(most=2, each=1)

    taken = [places.take(owner) for owner in ("ada", "grace", "joan")]

    assert taken == [True, True, False]


def test_place_that_is_given_back_is_taken_again():
    places = Places(most=1, each=1)
    places.take("ada")

    places.give_back("ada")

    assert places.take("grace")
