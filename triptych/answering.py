"""Who writes answers, as the settings say; apart from them, since the command line reads settings without pipelines."""

from pipelines.contract import AnswerServer
from triptych.settings import Settings


def answer_server(settings: Settings) -> AnswerServer | None:
    """The configured server; None where there is none."""
    if not settings.answer_url:
        return None
    key = settings.answer_key.get_secret_value()
    return AnswerServer(
        settings.answer_url,
        settings.answer_model,
        key,
        settings.answer_window,
        settings.answer_silence_s,
        settings.answer_sees,
    )
