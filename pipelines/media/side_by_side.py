"""A picture before and after something was done to it, beside each other and labelled, to look at."""

from PIL import Image, ImageDraw

from pipelines.media.overlay import INK, MAX_SIDE_PX, WHITE, lettering

_GAP_PX = 8
_LABEL_PX, _TEXT_PX = 36, 20
_MOST_PANEL_PX = ((MAX_SIDE_PX - _GAP_PX) // 2, MAX_SIDE_PX - _LABEL_PX)  # width, height
_LEAST_PANEL_PX = 200  # wide enough for its label


def side_by_side(before: Image.Image, after: Image.Image) -> Image.Image:
    """Both fitted into panels of one size, so that an enlarged picture is seen beside what it was made of."""
    panel = (
        min(_MOST_PANEL_PX[0], max(before.width, after.width)),
        min(_MOST_PANEL_PX[1], max(before.height, after.height)),
    )
    shown = [_fitted(picture, panel) for picture in (before, after)]
    width, height = max(_LEAST_PANEL_PX, *(one.width for one in shown)), max(one.height for one in shown)
    sheet = Image.new("RGB", (2 * width + _GAP_PX, height + _LABEL_PX), INK)
    draw = ImageDraw.Draw(sheet)
    for column, (name, picture, small) in enumerate(zip(("Before", "After"), (before, after), shown, strict=True)):
        left = column * (width + _GAP_PX)
        label = f"{name}, {picture.width} x {picture.height}"
        draw.text((left + width / 2, _LABEL_PX / 2), label, fill=WHITE, font=lettering(_TEXT_PX), anchor="mm")
        sheet.paste(small, (left + (width - small.width) // 2, _LABEL_PX + (height - small.height) // 2))
    return sheet


def _fitted(picture: Image.Image, panel: tuple[int, int]) -> Image.Image:
    scale = min(panel[0] / picture.width, panel[1] / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
