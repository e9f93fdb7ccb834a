"""uv installs from where pip is configured to."""

from scripts.bootstrap.uv import as_uv_is_told

CONFIGURED = """\
:env:.find-links='/wheels /more'
global.cert='/etc/ours.crt'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
global.find-links='/elsewhere'
global.index-url='https://mirror.example/simple'
install.index-url='https://nearer.example/simple'
global.timeout='60'
"""


def test_pips_sources_are_uvs_and_the_nearest_configuration_counts() -> None:
    told = as_uv_is_told(CONFIGURED, {})

    assert told == {
        "UV_DEFAULT_INDEX": "https://nearer.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/etc/ours.crt",
    }


def test_what_uv_is_told_already_stays() -> None:
    told = as_uv_is_told(CONFIGURED, {"UV_DEFAULT_INDEX": "https://own.example", "SSL_CERT_FILE": "/own.crt"})

    assert set(told) == {"UV_INDEX", "UV_INDEX_STRATEGY", "UV_FIND_LINKS"}


def test_nothing_configured_is_nothing_told() -> None:
    assert as_uv_is_told("", {}) == {}
