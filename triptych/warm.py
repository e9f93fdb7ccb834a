"""Refusing at the start what ``TRIPTYCH_WARM`` names and nobody could load (law 12)."""

from pipelines.models.warm import CannotWarm, check_warmable
from triptych.settings import BadSettings, Settings


def refuse_unknown_models(settings: Settings) -> None:
    """Raise BadSettings where a model that workers are to load at their start is unknown, or is kept by nobody."""
    for name in settings.warm_models:
        try:
            check_warmable(name, settings.models)
        except CannotWarm as error:
            raise BadSettings(f"TRIPTYCH_WARM={settings.warm!r}: {error}") from error
