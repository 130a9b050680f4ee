"""From bytes that anybody may have made to a picture: found by content, checked by its header, then decoded."""

import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from gpu_handler.fetching.refusal import PictureRefused
from shared.bounds import REFERENCE_PIXELS
from shared.pictures import eight_bits, in_srgb

# A header may claim a picture that fills the memory. Pillow only warns below twice its own limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_SHORTEST_SIDE: Final = 16
"""Pixels. What is narrower shows nothing that a model could follow, and grows beyond all bounds when it is fitted."""


def open_picture(data: bytes) -> Image.Image:
    """RGB in the colours of sRGB, upright, without metadata; the first frame of what moves.

    What shines through lies on white, as on a page: there cut-outs are looked at, and what hides behind clear pixels is
    mostly black. Raises ``PictureRefused``.
    """
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
        _check_size(image)
        image.load()
        return _plain(image)
    except (PictureRefused, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise PictureRefused("The reference picture is no JPEG, PNG, WebP or GIF picture.") from None
    # Pillow's readers fail in as many ways as a file can be broken.
    except Exception:
        raise PictureRefused("The reference picture is broken: it cannot be read to its end.") from None


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > REFERENCE_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < _SHORTEST_SIDE:
        raise PictureRefused(f"The reference picture has a side of less than {_SHORTEST_SIDE} pixels.")


def _plain(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    upright = eight_bits(ImageOps.exif_transpose(image))
    if upright.has_transparency_data:
        clear = in_srgb(upright.convert("RGBA"), profile)
        plain = Image.new("RGB", clear.size, "white")
        plain.paste(clear, mask=clear.getchannel("A"))
        return plain
    # A print's colours and a grey's are converted by their own profile, not by that of the RGB they become.
    coloured = upright if upright.mode in ("CMYK", "L") else upright.convert("RGB")
    plain = in_srgb(coloured, profile).convert("RGB")
    plain.info = {}
    return plain


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(f"The reference picture has more than {REFERENCE_PIXELS // 1_000_000} million pixels.")
