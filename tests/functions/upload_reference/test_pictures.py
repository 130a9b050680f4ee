"""A picture made anew: what stays of it, what goes, and what is refused before it is decoded."""

import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from functions.edge.errors import ApiError
from functions.upload_reference.pictures import remake
from shared.errors import ErrorCode
from tests.fixtures.pictures import BLUE, GREEN, RED, decoded, encoded, picture, png

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
SECRET = "taken at 52.5200, 13.4050"

every_format = pytest.mark.parametrize("format_", FORMATS)


def refused(data: bytes) -> ApiError:
    with pytest.raises(ApiError) as caught:
        remake(data)
    assert caught.value.flags == {"referenceImageError": True}
    return caught.value


def is_like(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel[:3], colour, strict=True))


def two_halves(size: tuple[int, int] = (32, 16)) -> Image.Image:
    """Red left, blue right."""
    image = picture(size)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def promising(width: int, height: int) -> bytes:
    """A PNG whose header is all there is to its size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png()[33:]


@every_format
def test_a_picture_stays_what_it_is(format_: str) -> None:
    made = remake(encoded(picture((30, 20)), format_))
    image = decoded(made.data)
    assert (image.format, made.content_type, made.width, made.height) == (format_, FORMATS[format_], 30, 20)
    assert image.size == (30, 20)
    assert is_like(image.convert("RGB").getpixel((3, 3)), RED)


@every_format
def test_the_same_bytes_give_the_same_bytes(format_: str) -> None:
    data = encoded(two_halves(), format_)
    assert remake(data).data == remake(data).data


class TestMetadata:
    def _with_metadata(self, format_: str) -> bytes:
        """In every place that the format has for it."""
        image = picture()
        exif = Image.Exif()
        exif[0x010E] = SECRET
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + SECRET.encode()
        match format_:
            case "JPEG":
                return encoded(image, format_, exif=exif, comment=SECRET, icc_profile=profile, xmp=SECRET.encode())
            case "PNG":
                text = PngImagePlugin.PngInfo()
                text.add_text("Comment", SECRET)
                text.add_itxt("XML:com.adobe.xmp", SECRET)
                return encoded(image, format_, exif=exif, pnginfo=text)
            case "WEBP":
                return encoded(image, format_, exif=exif, xmp=SECRET, icc_profile=profile)
            case _:
                return encoded(image, format_, comment=SECRET)

    @every_format
    def test_nothing_is_kept_but_pixels(self, format_: str) -> None:
        data = self._with_metadata(format_)
        assert SECRET.encode() in data
        made = decoded(remake(data).data)
        assert SECRET.encode() not in remake(data).data
        assert dict(made.getexif()) == {}
        assert not {"comment", "exif", "xmp", "icc_profile", "XML:com.adobe.xmp", "Comment"} & made.info.keys()

    def test_what_lies_behind_the_picture_goes_too(self) -> None:
        assert SECRET.encode() not in remake(png() + SECRET.encode()).data

    def test_a_photo_stands_upright(self) -> None:
        """Orientation 6: the camera was held upright, and the pixels lie on their side."""
        exif = Image.Exif()
        exif[0x0112] = 6
        made = remake(encoded(two_halves(), "JPEG", exif=exif, quality=95))
        image = decoded(made.data)
        assert (made.width, made.height) == image.size == (16, 32)
        assert is_like(image.getpixel((8, 3)), RED)
        assert is_like(image.getpixel((8, 28)), BLUE)

    def test_the_colours_are_those_that_the_profile_meant(self) -> None:
        """This one says that red is green and green red."""
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        head, table = profile[:128], profile[128:].replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ")
        swapped = head + table.replace(b"????", b"gXYZ")
        image = decoded(remake(encoded(picture(), "PNG", icc_profile=swapped)).data)
        assert is_like(image.getpixel((3, 3)), GREEN)

    def test_a_profile_that_is_none_changes_nothing(self) -> None:
        image = decoded(remake(encoded(picture(), "PNG", icc_profile=b"no profile at all")).data)
        assert image.getpixel((3, 3)) == RED


class TestPixels:
    def test_what_shines_through_still_does(self) -> None:
        image = decoded(remake(encoded(picture(colour=(*BLUE, 90), mode="RGBA"))).data)
        assert image.getpixel((3, 3)) == (*BLUE, 90)

    def test_a_palette_with_a_transparent_entry_is_seen_as_it_was(self) -> None:
        image = two_halves().quantize(2)
        background = image.getpixel((0, 0))
        made = decoded(remake(encoded(image, "PNG", transparency=background)).data).convert("RGBA")
        alpha: Any = [made.getpixel((x, 3)) for x in (2, 30)]
        assert [pixel[3] for pixel in alpha] == [0, 255]

    def test_sixteen_bits_become_eight_without_a_flash(self) -> None:
        image = Image.new("I;16", (8, 8), 32768)
        assert decoded(remake(encoded(image)).data).getpixel((3, 3)) == pytest.approx(127, abs=1)

    def test_a_print_s_colours_become_a_screen_s(self) -> None:
        image = decoded(remake(encoded(picture().convert("CMYK"), "JPEG")).data)
        assert image.mode == "RGB"
        assert is_like(image.getpixel((3, 3)), RED)

    def test_a_phone_s_photo_with_more_behind_it_is_its_first_picture(self) -> None:
        many = encoded(picture(), "MPO", save_all=True, append_images=[picture(colour=BLUE)])
        assert decoded(many).format == "MPO"
        made = remake(many)
        assert (decoded(made.data).format, made.content_type) == ("JPEG", "image/jpeg")
        assert is_like(decoded(made.data).getpixel((3, 3)), RED)

    @pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
    def test_one_that_moves_is_refused_rather_than_cut_down(self, format_: str) -> None:
        frames = [two_halves(), picture((32, 16), BLUE)]
        error = refused(encoded(frames[0], format_, save_all=True, append_images=frames[1:]))
        assert (error.code, "animated" in error.message) == (ErrorCode.INVALID_REQUEST, True)


class TestBombs:
    @pytest.mark.parametrize("side", [6_400, 9_500, 20_000])
    def test_a_header_that_promises_too_much_is_refused_before_anything_is_decoded(
        self, side: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Above our limit, above Pillow's, and above twice Pillow's."""

        def load(_: object) -> None:
            pytest.fail("it was decoded")

        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
        error = refused(promising(side, side))
        assert error.code is ErrorCode.BODY_TOO_LARGE
        assert "40 million pixels" in error.message

    def test_text_that_swells_is_no_way_in(self) -> None:
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "x" * 50_000_000, zip=True)
        data = encoded(picture(), "PNG", pnginfo=text)
        assert len(data) < 100_000
        assert refused(data).code is ErrorCode.INVALID_REQUEST


class TestBroken:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"hello",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1a\n",
            encoded(picture(), "BMP"),
            encoded(picture(), "TIFF"),
            encoded(picture(), "ICO"),
        ],
    )
    def test_what_is_none_of_the_four_formats_is_another_type(self, data: bytes) -> None:
        assert refused(data).code is ErrorCode.UNSUPPORTED_MEDIA_TYPE

    @every_format
    def test_one_that_ends_too_soon_is_broken(self, format_: str) -> None:
        noise = Image.effect_noise((64, 64), 80).convert("RGB")
        data = encoded(noise, format_)
        assert refused(data[: len(data) // 2]).code is ErrorCode.INVALID_REQUEST

    @every_format
    def test_a_flipped_byte_anywhere_is_no_crash(self, format_: str) -> None:
        """Whatever a broken file does to Pillow, it is a picture or a refusal."""
        data = encoded(Image.effect_noise((16, 16), 80).convert("RGB"), format_)
        for place in range(0, len(data), max(1, len(data) // 60)):
            broken = bytearray(data)
            broken[place] ^= 0xFF
            with suppress(ApiError):
                remake(bytes(broken))


def test_what_would_grow_beyond_the_limit_is_made_a_little_coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.effect_noise((200, 200), 120).convert("RGB")
    fine, coarse = [len(encoded(noise, "JPEG", quality=quality)) for quality in (95, 75)]
    monkeypatch.setattr("functions.upload_reference.pictures.REFERENCE_BYTES", (fine + coarse) // 2)
    made = remake(encoded(noise, "JPEG", quality=60))
    assert coarse <= len(made.data) <= (fine + coarse) // 2


def test_what_cannot_be_made_smaller_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.upload_reference.pictures.REFERENCE_BYTES", 100)
    assert refused(encoded(Image.effect_noise((64, 64), 80))).code is ErrorCode.BODY_TOO_LARGE
