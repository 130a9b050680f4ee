"""Encoding of finished pictures."""

from io import BytesIO
from typing import Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

THUMBNAIL_SIDE: Final = 256
THUMBNAIL_QUALITY: Final = 85


def encode_png(image: Image.Image, parameters: str) -> bytes:
    """PNG with ``parameters`` in the text chunk of that name, where image tools look for them."""
    info = PngInfo()
    info.add_text("parameters", parameters)
    buffer = BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def encode_thumbnail(image: Image.Image) -> bytes:
    """WebP, longest side 256 pixels at most, aspect kept, never enlarged."""
    thumbnail = image.convert("RGB")
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    thumbnail.save(buffer, "WEBP", quality=THUMBNAIL_QUALITY)
    return buffer.getvalue()
