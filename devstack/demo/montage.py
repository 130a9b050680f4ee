"""The contact sheet as one picture: all of them enlarged, in a grid, each above its short prompt and seed."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from devstack.demo.results import Result

SCALE: Final = 3
GAP: Final = 12
FONT_SIZE: Final = 13
LINE: Final = 17
PAPER: Final = (228, 230, 233)
INK: Final = (40, 40, 40)


def write_montage(results: Sequence[Result], folder: Path) -> Path:
    """Write ``sheet.png``; its path."""
    pictures = []
    for result in results:
        for picture in result.pictures:
            with Image.open(picture.still) as image:
                kind = "video, seed" if picture.is_video else "seed"
                caption = f"{result.submission.job.name}\n{kind} {picture.asset.generation_seed}"
                pictures.append((image.convert("RGB"), caption))
    path = folder / "sheet.png"
    montage(pictures).save(path, optimize=True)
    return path


def montage(pictures: Sequence[tuple[Image.Image, str]]) -> Image.Image:
    """At least one picture, each with its caption, in about as many rows as columns; a smaller one sits mid-cell."""
    font = ImageFont.load_default(size=FONT_SIZE)
    width = SCALE * max(image.width for image, _ in pictures)
    height = SCALE * max(image.height for image, _ in pictures)
    captions = [_wrapped(caption, font, width) for _, caption in pictures]
    text_height = LINE * max(len(lines) for lines in captions)
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    cell_width, cell_height = width + GAP, height + text_height + 2 * GAP
    sheet = Image.new("RGB", (GAP + columns * cell_width, GAP + rows * cell_height), PAPER)
    draw = ImageDraw.Draw(sheet)
    for place, ((image, _), lines) in enumerate(zip(pictures, captions, strict=True)):
        left = GAP + place % columns * cell_width
        top = GAP + place // columns * cell_height
        large = image.resize((SCALE * image.width, SCALE * image.height), Image.Resampling.NEAREST)
        sheet.paste(large, (left + (width - large.width) // 2, top + (height - large.height) // 2))
        for number, line in enumerate(lines):
            position = (left + width // 2, top + height + GAP // 2 + number * LINE)
            draw.text(position, line, INK, font, anchor="ma")
    return sheet


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and font.getlength(f"{line} {word}") > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return lines
