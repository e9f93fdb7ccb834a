"""The browser's tests of a house where people sign in, in front of the API alone."""

import pytest
from support.accounts import an_account, signed_in
from support.api_process import served_api
from support.in_chromium import in_chromium

pytestmark = pytest.mark.browser


def test_the_house_does_in_chromium_what_its_tests_say(sqlite_store) -> None:
    ada = signed_in(sqlite_store, an_account(sqlite_store))
    with served_api(sqlite_store.settings, TRIPTYCH_ACCOUNTS="1") as served:
        status, said = in_chromium(TRIPTYCH_TESTS="house", TRIPTYCH_URL=served.url, TRIPTYCH_SESSION=ada.token)

    assert status == 0, said
