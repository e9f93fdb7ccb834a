"""The speakers of a recording, where somebody who can tell voices apart is here; else why they are not told."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipelines.contract import Context, EngineUsed, JsonObject, Source
from pipelines.engines import model_size
from pipelines.engines.diarising import diarising_engines, model_file
from pipelines.engines.selection import Surroundings, choose
from pipelines.errors import EngineUnavailable

if TYPE_CHECKING:
    from pipelines.engines.voice_printing import VoicePrinter
    from pipelines.media.turns import Turn
    from pipelines.media.voice_prints import HowMany, VoicePrints

Note = Callable[[Callable[[], JsonObject]], None]
"""Called after each utterance with a function that tells what was noted of the voices so far."""


@dataclass(frozen=True, slots=True)
class WhoSpoke:
    """The turns in order and who told them; nobody and none where ``warnings`` say why."""

    turns: "tuple[Turn, ...]" = ()
    told_by: EngineUsed | None = None
    warnings: tuple[str, ...] = ()


def who_spoke(
    source: Source, model: str, how_many: "HowMany", context: Context, note: Note, noted: JsonObject | None
) -> WhoSpoke:
    """Listen to ``source`` for who speaks, going on from what an earlier run with the same model had ``noted``."""
    try:
        printer = voice_printer(model, context)
        prints = _printed(source, printer, context, note, noted)
    except EngineUnavailable as error:
        return WhoSpoke(warnings=(f"Speakers are not told apart: {error.message}",))
    return WhoSpoke(_turns(prints, how_many), printer.used)


def voice_printer(model: str, context: Context) -> "VoicePrinter":
    """The loaded model of that name. Raises EngineUnavailable where it is not here or is none."""
    engine = choose(diarising_engines(model), Surroundings(context.models_dir, context.network)).engine
    path = model_file(model, context.models_dir)
    return context.models.get(
        f"speakers/{model}",
        lambda: engine.make()(path),
        size_bytes=lambda loaded: loaded.size_bytes,
        need_bytes=model_size.of_files([path]),
    )


def _printed(
    source: Source, printer: "VoicePrinter", context: Context, note: Note, noted: JsonObject | None
) -> "VoicePrints":
    from pipelines.engines.telling_apart import print_voices
    from pipelines.media.sound import open_sound
    from pipelines.media.voice_prints import VoicePrints

    told_by = asdict(printer.used)
    is_ours = noted is not None and noted["told_by"] == told_by
    prints = VoicePrints.of(noted["prints"]) if noted is not None and is_ours else VoicePrints()
    with open_sound(source) as sound:
        for until_s in print_voices(sound.mono(), sound.start_s, printer, prints, context.check):
            note(lambda: {"told_by": told_by, "prints": prints.state()})
            whole_s = sound.claimed_end_s
            context.progress(min(until_s / whole_s, 1.0) if whole_s else None, "telling speakers apart")
    return prints


def _turns(prints: "VoicePrints", how_many: "HowMany") -> "tuple[Turn, ...]":
    from pipelines.media.turns import Windowed, turns_of

    told = zip(prints.times_s(), prints.speakers(how_many), strict=True)
    return tuple(turns_of([Windowed(start_s, end_s, speaker) for (start_s, end_s), speaker in told]))
