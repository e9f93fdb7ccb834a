"""The models that OpenAI's clients are told of."""

from support.stores import with_settings


def listed(client):
    return {one["id"]: one["root"] for one in client.get("/v1/models").get_json()["data"]}


def test_models_that_are_here_are_listed_by_their_own_names(sqlite_client, lay):
    lay("whisper/tiny.pt")

    roots = listed(sqlite_client)

    assert roots["whisper/tiny"] == "whisper/tiny"
    assert roots["espeak-ng/voices"] == "espeak-ng/voices"
    assert "whisper/base" not in roots


def test_names_of_openai_tell_who_answers_to_them(sqlite_client, lay):
    before = listed(sqlite_client)["whisper-1"]
    lay("whisper/base.pt")

    roots = listed(sqlite_client)

    assert (before, roots["whisper-1"]) == ("pocketsphinx/en-us", "whisper/base")
    assert roots["tts-1"] == "espeak-ng/voices"
    assert roots["text-embedding-3-small"] == "minilm/all-MiniLM-L6-v2"


def test_model_of_the_answer_server_is_listed(settings, sqlite_store, make_client):
    settings = settings.model_copy(update={"answer_model": "llama-4"})
    client = make_client(settings, with_settings(sqlite_store, answer_model="llama-4"))

    assert listed(client)["llama-4"] == "llama-4"


def test_one_model_is_told_by_its_name(sqlite_client):
    told = sqlite_client.get("/v1/models/espeak-ng/voices").get_json()

    assert (told["id"], told["object"], told["owned_by"]) == ("espeak-ng/voices", "model", "triptych")
    assert told["created"] > 0
