import pytest

from triptych.settings import BadSettings, Settings


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(BadSettings, match="TRIPTYCH_PROT"):
        Settings.from_environment({"TRIPTYCH_PROT": "9000"})


@pytest.mark.parametrize(
    ("name", "value"), [("TRIPTYCH_PORT", "99999"), ("TRIPTYCH_PORT", "http"), ("TRIPTYCH_LEASE_S", "0")]
)
def test_a_bad_value_is_named_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"{name}='{value}'"):
        Settings.from_environment({name: value})


def test_other_variables_are_none_of_our_business() -> None:
    settings = Settings.from_environment({"PATH": "/bin", "TRIPTYCH_PORT": "9000"})

    assert settings.port == 9000


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "triptych.example"])
def test_an_address_that_others_reach_is_refused(host: str) -> None:
    with pytest.raises(BadSettings, match=r"TRIPTYCH_HOST=.*no accounts yet"):
        Settings.from_environment({"TRIPTYCH_HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_an_address_of_this_machine_is_taken(host: str) -> None:
    settings = Settings.from_environment({"TRIPTYCH_HOST": host})

    assert settings.host == host
