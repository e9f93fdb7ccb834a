import pytest

from pipelines.contract import AnswerServer
from triptych.answering import answer_server
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


def test_what_a_client_reads_is_no_unknown_setting() -> None:
    settings = Settings.from_environment({"TRIPTYCH_URL": "http://localhost:9000", "TRIPTYCH_KEY": "tri_secret"})

    assert settings == Settings()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "triptych.example"])
def test_an_address_that_others_reach_has_accounts(host: str) -> None:
    settings = Settings.from_environment({"TRIPTYCH_HOST": host})

    assert settings.has_accounts


@pytest.mark.parametrize(
    ("variables", "called"),
    [
        ({}, "http://localhost:8000"),
        ({"TRIPTYCH_HOST": "0.0.0.0", "TRIPTYCH_PORT": "80"}, "http://localhost:80"),
        ({"TRIPTYCH_HOST": "192.168.1.4"}, "http://192.168.1.4:8000"),
        ({"TRIPTYCH_HOST": "fd00::1"}, "http://[fd00::1]:8000"),
        ({"TRIPTYCH_PUBLIC_URL": "https://Triptych.example/"}, "https://triptych.example"),
    ],
)
def test_the_house_is_called_as_it_is_told_or_by_its_address(variables: dict[str, str], called: str) -> None:
    assert Settings.from_environment(variables).called == called


@pytest.mark.parametrize(
    "url", ["triptych.example", "ftp://a", "https://", "https://me@a", "https://a/b", "https://a?b"]
)
def test_a_public_url_is_a_name_and_nothing_behind_it(url: str) -> None:
    with pytest.raises(BadSettings, match="TRIPTYCH_PUBLIC_URL"):
        Settings.from_environment({"TRIPTYCH_PUBLIC_URL": url})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_an_address_of_this_machine_is_taken(host: str) -> None:
    settings = Settings.from_environment({"TRIPTYCH_HOST": host})

    assert settings.host == host
    assert not settings.has_accounts


@pytest.mark.parametrize(
    "url", ["ftp://a/v1", "localhost:8000/v1", "http://", "http://me:secret@a/v1", "http://a/v1?k=secret"]
)
def test_answering_server_needs_a_plain_base_url_and_no_secret_is_repeated(url: str) -> None:
    with pytest.raises(BadSettings, match="TRIPTYCH_ANSWER_URL") as refused:
        Settings.from_environment({"TRIPTYCH_ANSWER_URL": url})

    assert "secret" not in str(refused.value)


def test_answering_server_is_told_with_its_key_and_the_settings_never_show_it() -> None:
    settings = Settings.from_environment({"TRIPTYCH_ANSWER_URL": "http://a:1/v1/", "TRIPTYCH_ANSWER_KEY": "sk-secret"})

    assert answer_server(settings) == AnswerServer("http://a:1/v1", "", "sk-secret")
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in settings.model_dump_json()


def test_without_an_address_nobody_writes_answers() -> None:
    assert answer_server(Settings.from_environment({"TRIPTYCH_ANSWER_MODEL": "tiny-chat"})) is None
