"""What is drawn on overlays, seen in their pixels."""

import numpy as np
from PIL import Image

from pipelines.media.legend import with_legend
from pipelines.media.overlay import GREEN, MAX_SIDE_PX, Overlay, corners

GREY = (200, 200, 200)


def test_outline_lies_on_the_box_and_nowhere_else() -> None:
    overlay = Overlay(Image.new("RGB", (400, 300), GREY))

    overlay.outline(corners({"x": 100, "y": 120, "width": 200, "height": 60}), GREEN)

    pixels = overlay.canvas
    assert [pixels.getpixel(at) for at in ((100, 150), (300, 150), (200, 120))] == [GREEN] * 3
    assert pixels.getpixel((200, 150)) not in (GREY, GREEN)
    assert [pixels.getpixel(at) for at in ((50, 150), (200, 110), (350, 250))] == [GREY] * 3


def test_large_pictures_are_reduced_and_boxes_with_them() -> None:
    overlay = Overlay(Image.new("RGB", (4000, 2000), GREY))

    overlay.outline(corners({"x": 1000, "y": 1000, "width": 2000, "height": 500}), GREEN)

    assert overlay.canvas.size == (MAX_SIDE_PX, MAX_SIDE_PX // 2)
    assert overlay.canvas.getpixel((400, 500)) == GREEN


def test_picture_itself_is_never_drawn_on() -> None:
    picture = Image.new("RGB", (100, 100), GREY)

    Overlay(picture).outline(corners({"x": 10, "y": 10, "width": 50, "height": 50}), GREEN, "caption")

    assert picture.getcolors() == [(10_000, GREY)]


def test_caption_stays_inside_the_picture() -> None:
    overlay = Overlay(Image.new("RGB", (400, 300), GREY))

    overlay.outline(corners({"x": 380, "y": 0, "width": 20, "height": 20}), GREEN, "at the very edge")

    drawn = np.asarray(overlay.canvas)[:, :370] != np.array(GREY)
    assert drawn.any()


def test_outline_of_a_single_pixel_picture_is_drawn() -> None:
    overlay = Overlay(Image.new("RGB", (1, 1), GREY))

    overlay.outline(corners({"x": 0, "y": 0, "width": 1, "height": 1}), GREEN, "a caption")

    assert overlay.canvas.size == (1, 1)


def test_legend_keeps_the_picture_and_grows_with_its_labels() -> None:
    picture = Image.new("RGB", (600, 100), GREY)
    colours = [("#ff0000", 0.75), ("#00ff00", 0.25)]

    few = with_legend(picture, [("cat", 0.9)], colours)
    many = with_legend(picture, [("cat " * 60, 0.5), ("dog", 0.3), ("世界", 0.0)], colours)

    assert few.getpixel((300, 50)) == GREY
    assert few.getpixel((60, 130)) == (255, 0, 0)
    assert few.getpixel((570, 130)) == (0, 255, 0)
    assert many.height > few.height > picture.height
