"""A spectrogram as a picture: dark where it is quiet, with the times below and the frequencies at its side."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.media.overlay import INK, WHITE, lettering
from pipelines.media.spectrogram import Spectrum, mel

WIDTH_PX, HEIGHT_PX = 1600, 500
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 72, 88, 20, 40
PLOT_PX = (WIDTH_PX - LEFT_PX - RIGHT_PX, HEIGHT_PX - TOP_PX - BOTTOM_PX)
RANGE_DB = 90  # that of 16 bits; what lies deeper below the loudest is not heard beside it
QUIETEST_TOP_DB = -60  # noise below is drawn dark, and not stretched to look like music

# From black over violet and orange to pale yellow: brightness rises evenly, for eyes of every kind and in print.
_COLOURS = ((6, 5, 18), (56, 18, 92), (124, 36, 116), (190, 58, 98), (236, 110, 70), (252, 178, 86), (252, 246, 190))
_TIMES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400)
_MOST_TIMES = 12
_FREQUENCIES_HZ = tuple(step * power for power in (100, 1_000, 10_000, 100_000) for step in (1, 2, 5))
_TEXT_PX = 15


def draw_spectrogram(spectrum: Spectrum) -> Image.Image:
    """A picture of ``WIDTH_PX`` x ``HEIGHT_PX``, whatever the length; levels in dB of a full-scale sine."""
    top_db = max(10 * int(np.ceil(spectrum.levels_db.max() / 10)), QUIETEST_TOP_DB)
    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), INK)
    shares = np.clip((spectrum.levels_db.T[::-1] - top_db) / RANGE_DB + 1.0, 0.0, 1.0)
    plot = Image.fromarray(_coloured(shares)).resize(PLOT_PX, Image.Resampling.BILINEAR)
    picture.paste(plot, (LEFT_PX, TOP_PX))
    draw = ImageDraw.Draw(picture)
    _draw_times(draw, len(spectrum.levels_db) * spectrum.column_s)
    _draw_frequencies(draw, spectrum.highest_hz)
    _draw_scale(picture, draw, top_db)
    return picture


def _coloured(shares: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colours, of shape (..., 3), for levels in 0..1."""
    table = np.array(_COLOURS, np.float64)
    places = np.linspace(0.0, 1.0, len(table))
    scale = np.stack([np.interp(np.linspace(0.0, 1.0, 256), places, table[:, one]) for one in range(3)], axis=1)
    found: NDArray[np.uint8] = scale.round().astype(np.uint8)[(shares * 255).round().astype(np.intp)]
    return found


def _draw_times(draw: ImageDraw.ImageDraw, duration_s: float) -> None:
    step_s = next((step for step in _TIMES_S if duration_s / step <= _MOST_TIMES), _TIMES_S[-1])
    bottom = TOP_PX + PLOT_PX[1]
    for count in range(int(duration_s / step_s) + 1):
        x = LEFT_PX + count * step_s / duration_s * PLOT_PX[0]
        draw.line((x, bottom, x, bottom + 6), fill=WHITE)
        draw.text((x, bottom + 9), _time(count * step_s, step_s), font=lettering(_TEXT_PX), fill=WHITE, anchor="ma")


def _time(moment_s: float, step_s: float) -> str:
    if step_s < 1:
        return f"{moment_s:.{2 if step_s < 0.1 else 1}f} s"
    minutes, seconds = divmod(round(moment_s), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def _draw_frequencies(draw: ImageDraw.ImageDraw, highest_hz: float) -> None:
    for frequency_hz in (one for one in _FREQUENCIES_HZ if one <= highest_hz):
        y = TOP_PX + PLOT_PX[1] * (1 - mel(frequency_hz) / mel(highest_hz))
        name = f"{frequency_hz} Hz" if frequency_hz < 1_000 else f"{frequency_hz // 1_000} kHz"
        draw.line((LEFT_PX - 6, y, LEFT_PX, y), fill=WHITE)
        draw.text((LEFT_PX - 9, y), name, font=lettering(_TEXT_PX), fill=WHITE, anchor="rm")


def _draw_scale(picture: Image.Image, draw: ImageDraw.ImageDraw, top_db: int) -> None:
    left, width = WIDTH_PX - RIGHT_PX + 16, 14
    shares = np.repeat(np.linspace(1.0, 0.0, PLOT_PX[1])[:, None], width, axis=1)
    picture.paste(Image.fromarray(_coloured(shares)), (left, TOP_PX))
    for below_db in range(0, RANGE_DB + 1, 30):
        y = TOP_PX + PLOT_PX[1] * below_db / RANGE_DB
        name = f"{top_db - below_db} dB"
        draw.text((left + width + 4, y), name, font=lettering(_TEXT_PX - 3), fill=WHITE, anchor="lm")
