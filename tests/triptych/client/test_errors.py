"""What is said of a connection's error helps who reads it, whichever library it comes from."""

import ssl

import pytest

from triptych.client.errors import words_of


@pytest.mark.parametrize(
    "said",
    ["[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "[SSL] record layer failure (_ssl.c:1006)"],
)
def test_a_server_without_tls_is_known_by_the_words_of_every_openssl(said: str) -> None:
    assert words_of(ssl.SSLError(1, said)) == "it speaks no TLS: begin the address with http://"
