"""Where a webhook may lead: every spelling of what only this machine reaches is refused, whatever resolves to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.exchange import system_addresses
from triptych.webhooks.addresses import Zone, zone_of
from triptych.webhooks.targets import MAX_URL_CHARACTERS, BadTarget, Reach, find_target

INTERNET = Reach(public=True, private=False)
EVERYWHERE = Reach(public=True, private=True)
HOME = Reach(public=False, private=True)
PUBLIC = "93.184.216.34"


def nobody(host: str, port: int) -> list[str]:
    """Resolves nothing: what is refused by its spelling is not looked up."""
    raise AssertionError(f"{host} was looked up")


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("8.8.8.8", Zone.PUBLIC),
        ("100.63.255.255", Zone.PUBLIC),
        ("172.32.0.1", Zone.PUBLIC),
        ("2606:4700::1111", Zone.PUBLIC),
        ("10.1.2.3", Zone.PRIVATE),
        ("100.64.0.1", Zone.PRIVATE),
        ("127.8.8.8", Zone.PRIVATE),
        ("172.16.0.1", Zone.PRIVATE),
        ("192.168.1.1", Zone.PRIVATE),
        ("::1", Zone.PRIVATE),
        ("fd00::1", Zone.PRIVATE),
        ("0.0.0.0", Zone.FORBIDDEN),
        ("169.254.169.254", Zone.FORBIDDEN),
        ("192.0.0.8", Zone.FORBIDDEN),
        ("192.0.2.1", Zone.FORBIDDEN),
        ("192.88.99.1", Zone.FORBIDDEN),
        ("198.18.0.1", Zone.FORBIDDEN),
        ("224.0.0.1", Zone.FORBIDDEN),
        ("255.255.255.255", Zone.FORBIDDEN),
        ("::", Zone.FORBIDDEN),
        ("::ffff:127.0.0.1", Zone.FORBIDDEN),
        ("::ffff:8.8.8.8", Zone.FORBIDDEN),
        ("::7f00:1", Zone.FORBIDDEN),
        ("64:ff9b::7f00:1", Zone.FORBIDDEN),
        ("64:ff9b:1::1", Zone.FORBIDDEN),
        ("2001::1", Zone.FORBIDDEN),
        ("2001:db8::1", Zone.FORBIDDEN),
        ("2002:7f00:1::", Zone.FORBIDDEN),
        ("fe80::1", Zone.FORBIDDEN),
        ("fe80::1%eth0", Zone.FORBIDDEN),
        ("ff02::1", Zone.FORBIDDEN),
    ],
)
def test_every_address_is_of_one_zone(address: str, zone: Zone) -> None:
    assert zone_of(address) is zone


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://exa\u00admple.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com@127.0.0.1/",
        "https://example.com/\r\nX-Injected: 1",
        "https://example.com/ /",
        "https://example.com/#part",
        "https://example.com:22/",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://example..com/",
        "https://example.com./",
        "https:///path",
        "https:example.com",
        "http://example.com/",
        "gopher://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "",
        "https://example.com/" + "a" * MAX_URL_CHARACTERS,
    ],
)
def test_what_is_no_plain_https_url_is_refused_before_it_is_looked_up(url: str) -> None:
    with pytest.raises(BadTarget):
        find_target(url, INTERNET, nobody)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%2"])
def test_a_name_that_resolves_to_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(BadTarget, match="no public address"):
        find_target("https://hooks.example/", INTERNET, lambda *_: [PUBLIC, address])


def test_this_machines_own_name_is_refused() -> None:
    with pytest.raises(BadTarget, match="no public address"):
        find_target("https://localhost/", INTERNET, system_addresses)


def test_a_name_that_does_not_resolve_is_refused() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(BadTarget, match="no such name"):
        find_target("https://hooks.example/", INTERNET, fails)


def test_a_target_has_the_addresses_that_were_checked() -> None:
    target = find_target("https://Hooks.Example:8443/a/b?c=d", INTERNET, lambda *_: [PUBLIC, "2606:4700::1111"])

    assert (target.is_tls, target.host, target.port, target.path) == (True, "hooks.example", 8443, "/a/b?c=d")
    assert target.addresses == [PUBLIC, "2606:4700::1111"]
    assert target.authority == "hooks.example:8443"


def test_an_address_of_ones_own_network_is_a_matter_of_the_settings() -> None:
    target = find_target("http://[::1]:9000", EVERYWHERE, nobody)

    assert (target.path, target.authority, target.addresses) == ("/", "[::1]:9000", ["::1"])


def test_the_metadata_of_a_cloud_is_refused_also_where_private_addresses_are_allowed() -> None:
    with pytest.raises(BadTarget, match="no public address"):
        find_target("http://169.254.169.254/latest/meta-data", EVERYWHERE, nobody)


def test_what_is_offline_reaches_its_own_networks_alone() -> None:
    near = find_target("http://10.0.0.1/", HOME, nobody)

    assert near.addresses == ["10.0.0.1"]
    with pytest.raises(BadTarget, match="offline"):
        find_target(f"https://{PUBLIC}/", HOME, nobody)


@settings(max_examples=150, deadline=None, database=None)
@given(
    scheme=st.sampled_from(["https://", "http://", "https:", "//", "HTTPS://"]),
    host=st.one_of(
        st.text(max_size=20),
        st.ip_addresses().map(str),
        st.ip_addresses().map(lambda address: f"[{address}]"),
        st.integers(0, 2**33).map(hex),
        st.from_regex(r"[0-9a-fx.:%\[\]@#\\]{1,20}", fullmatch=True),
    ),
    rest=st.text(alphabet="/:@#?\\ \t\r\n\u00e90189ab", max_size=12),
    resolved=st.lists(st.ip_addresses().map(str), max_size=3),
)
def test_whatever_is_named_leads_to_public_addresses_or_nowhere(
    scheme: str, host: str, rest: str, resolved: list[str]
) -> None:
    try:
        target = find_target(f"{scheme}{host}{rest}", INTERNET, lambda *_: resolved)
    except BadTarget:
        return

    assert target.is_tls
    assert target.addresses
    assert {zone_of(address) for address in target.addresses} == {Zone.PUBLIC}
    assert "\r\n" not in f"{target.authority}{target.path}"
    assert " " not in f"{target.authority}{target.path}"
