"""What both sides do to the colours of a user's picture. Loads Pillow, so the functions import it late."""

import io
from typing import Any

from PIL import Image, ImageCms


def eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits a channel to eight: Pillow cuts them off at 255 where it should divide."""
    if not image.mode.startswith("I"):
        return image
    made = image.point(lambda value: value / 257).convert("L")
    # The one clear tone of sixteen bits is none of eight.
    made.info.pop("transparency", None)
    return made


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as they were meant, for their profile is metadata too. One that is no good counts as none."""
    if profile is None:
        return image
    mode = "RGB" if image.mode == "CMYK" else image.mode
    try:
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return image
    assert converted is not None
    return converted
