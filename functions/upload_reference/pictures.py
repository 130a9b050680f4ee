"""A user's picture made anew: upright, in sRGB, without anything beside its pixels. Loads Pillow, so import it late."""

import io
import warnings
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from functions.edge.errors import ApiError
from functions.upload_reference.refusals import refusal, too_large
from shared.bounds import REFERENCE_BYTES, REFERENCE_PIXELS
from shared.errors import ErrorCode
from shared.pictures import eight_bits, in_srgb

# A header may claim a picture that fills the memory. Pillow only warns below twice its own limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)

# What Pillow finds by content: our format, extension, media type. MPO is a JPEG with more pictures behind it, as many
# phones write it; the first one is the photo.
_FORMATS: Final = {
    "JPEG": ("JPEG", "jpg", "image/jpeg"),
    "MPO": ("JPEG", "jpg", "image/jpeg"),
    "PNG": ("PNG", "png", "image/png"),
    "WEBP": ("WEBP", "webp", "image/webp"),
    "GIF": ("GIF", "gif", "image/gif"),
}
_LOSSY: Final[tuple[dict[str, Any], ...]] = ({"quality": 95}, {"quality": 85}, {"quality": 75})
_OPTIONS: Final[dict[str, tuple[dict[str, Any], ...]]] = {"JPEG": _LOSSY, "WEBP": _LOSSY, "PNG": ({},), "GIF": ({},)}
"""The first with which the picture fits the limit is taken."""


@dataclass(frozen=True, slots=True)
class Picture:
    """``width`` and ``height`` in pixels, as the picture stands upright."""

    data: bytes
    extension: str
    content_type: str
    width: int
    height: int


def remake(data: bytes) -> Picture:
    """The picture in the format it has, whatever it was called. The same bytes give the same bytes.

    Raises ``ApiError``: 415 for another format, 413 for too many pixels or bytes, 400 for a picture that is broken or
    moves.
    """
    image, kind = _opened(data)
    format_, extension, content_type = _FORMATS[kind]
    pixels = _pixels(image, format_)
    return Picture(_encoded(pixels, format_), extension, content_type, *pixels.size)


def _opened(data: bytes) -> tuple[Image.Image, str]:
    """Decoded only when the header promises few enough pixels."""
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF"))
        kind = str(image.format)
        if image.width * image.height > REFERENCE_PIXELS:
            raise _too_many_pixels()
        if kind != "MPO" and getattr(image, "is_animated", False):
            raise refusal(ErrorCode.INVALID_REQUEST, "The picture is animated: send one frame of it.")
        image.load()
        return image, kind
    except ApiError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise refusal(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The file is no JPEG, PNG, WebP or GIF picture.") from None
    # Pillow's readers fail in as many ways as a file can be broken.
    except Exception:
        raise _broken() from None


def _pixels(image: Image.Image, format_: str) -> Image.Image:
    """A picture that knows its pixels only."""
    try:
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
        if format_ == "GIF":
            return _bare(upright)
        upright = eight_bits(upright)
        if upright.has_transparency_data and format_ != "JPEG":
            return _bare(in_srgb(upright.convert("RGBA"), profile))
        if upright.mode in ("1", "L"):
            return _bare(upright.convert("L"))
        if upright.mode != "CMYK":
            upright = upright.convert("RGB")
        return _bare(in_srgb(upright, profile).convert("RGB"))
    except Exception:
        raise _broken() from None


def _bare(image: Image.Image) -> Image.Image:
    """Pillow writes comments and profiles that it finds in ``info`` back into the file."""
    image.info = {name: value for name, value in image.info.items() if name == "transparency" and image.mode == "P"}
    return image


def _encoded(image: Image.Image, format_: str) -> bytes:
    for options in _OPTIONS[format_]:
        content = io.BytesIO()
        image.save(content, format_, **options)
        if content.tell() <= REFERENCE_BYTES:
            return content.getvalue()
    raise too_large()


def _too_many_pixels() -> ApiError:
    return refusal(
        ErrorCode.BODY_TOO_LARGE, f"The picture has more than {REFERENCE_PIXELS // 1_000_000} million pixels."
    )


def _broken() -> ApiError:
    return refusal(ErrorCode.INVALID_REQUEST, "The picture is broken: it cannot be read to its end.")
