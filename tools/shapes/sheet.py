"""Many small pictures on one, to be looked at."""

from collections.abc import Sequence
from typing import Final

from PIL import Image

_SCALE: Final = 2
_GAP: Final = 4


def contact_sheet(pictures: Sequence[Image.Image], columns: int = 10) -> Image.Image:
    """Rows of ``columns`` pictures of one size, each pixel a square of two by two."""
    width, height = (side * _SCALE + _GAP for side in pictures[0].size)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), "white")
    for number, picture in enumerate(pictures):
        down, across = divmod(number, columns)
        enlarged = picture.resize((width - _GAP, height - _GAP), Image.Resampling.NEAREST)
        sheet.paste(enlarged, (_GAP + across * width, _GAP + down * height))
    return sheet
