"""The contact sheet as one picture."""

from pathlib import Path

import pytest
from PIL import Image, ImageFont

from devstack.demo.montage import FONT_SIZE, GAP, INK, LINE, PAPER, SCALE, _wrapped, montage, write_montage
from tests.fixtures.demo import picture, result

CELL = SCALE * 64


def _plain(colour: tuple[int, int, int], size: tuple[int, int] = (64, 64)) -> Image.Image:
    return Image.new("RGB", size, colour)


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 2, 2), (5, 3, 2), (9, 3, 3)])
def test_the_grid_is_about_as_high_as_wide(count: int, columns: int, rows: int) -> None:
    sheet = montage([(_plain((255, 0, 0)), "red")] * count)
    assert sheet.width == GAP + columns * (CELL + GAP)
    assert sheet.height == GAP + rows * (CELL + LINE + 2 * GAP)


def test_the_pictures_stand_row_by_row() -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    sheet = montage([(_plain(colour), "x") for colour in colours])
    across, down = CELL + GAP, CELL + LINE + 2 * GAP
    corners = [(GAP, GAP), (GAP + across, GAP), (GAP, GAP + down), (GAP + across, GAP + down)]
    for (left, top), colour in zip(corners, colours, strict=True):
        assert sheet.crop((left, top, left + CELL, top + CELL)).getcolors() == [(CELL * CELL, colour)]
        assert sheet.getpixel((left - 1, top)) == PAPER


def test_every_pixel_becomes_a_square_of_its_own_colour() -> None:
    image = _plain((0, 0, 0), (2, 1))
    image.putpixel((1, 0), (255, 255, 255))
    sheet = montage([(image, "x")])
    large = sheet.crop((GAP, GAP, GAP + 2 * SCALE, GAP + SCALE))
    for left, colour in ((0, (0, 0, 0)), (SCALE, (255, 255, 255))):
        assert large.crop((left, 0, left + SCALE, SCALE)).getcolors() == [(SCALE * SCALE, colour)]


def test_a_flatter_picture_sits_in_the_middle_of_its_cell() -> None:
    sheet = montage([(_plain((255, 0, 0)), "x"), (_plain((0, 255, 0), (64, 48)), "y")])
    left, edge = GAP + CELL + GAP, SCALE * 8
    cell = sheet.crop((left, GAP, left + CELL, GAP + CELL))
    assert cell.getpixel((0, edge - 1)) == cell.getpixel((0, CELL - edge)) == PAPER
    assert cell.getpixel((0, edge)) == cell.getpixel((0, CELL - edge - 1)) == (0, 255, 0)


def test_the_caption_stands_under_its_picture() -> None:
    sheet = montage([(_plain((255, 0, 0)), "a caption"), (_plain((0, 255, 0)), "")])
    under = sheet.crop((GAP, GAP + CELL, GAP + CELL, sheet.height))
    empty = sheet.crop((GAP + CELL + GAP, GAP + CELL, sheet.width, sheet.height))
    assert INK in {colour for _, colour in under.getcolors() or []}
    assert empty.getcolors() == [(empty.width * empty.height, PAPER)]


def test_a_caption_that_is_too_wide_goes_on_in_the_next_line() -> None:
    font = ImageFont.load_default(size=FONT_SIZE)
    text = "a yellow circle on a purple background on the left\nseed 7"
    lines = _wrapped(text, font, CELL)
    assert len(lines) > 2
    assert lines[-1] == "seed 7"
    assert " ".join(lines).split() == text.split()
    assert all(font.getlength(line) <= CELL for line in lines)


def test_a_word_that_is_too_wide_is_left_whole() -> None:
    assert _wrapped("a " + "x" * 200, ImageFont.load_default(size=FONT_SIZE), CELL) == ["a", "x" * 200]


def test_the_file_holds_every_picture_of_every_job(tmp_path: Path) -> None:
    results = [
        result(pictures=(picture(tmp_path, "01.png"), picture(tmp_path, "02.png"))),
        result(),
        result(pictures=(picture(tmp_path, "03.png"),)),
    ]
    path = write_montage(results, tmp_path)
    assert path == tmp_path / "sheet.png"
    with Image.open(path) as sheet:
        counts = {colour: count for count, colour in sheet.getcolors(1 << 16) or []}
    assert counts[255, 0, 0] == 3 * CELL * CELL
