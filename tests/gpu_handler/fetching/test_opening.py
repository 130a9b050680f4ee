"""A stranger's bytes made a picture: what it looks like then, and what is refused before it is decoded."""

import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import GifImagePlugin, Image, ImageCms, PngImagePlugin

from gpu_handler.fetching import PictureRefused, open_picture
from tests.fixtures.pictures import BLUE, GREEN, RED, encoded, picture

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SECRET = "taken at 52.5200, 13.4050"
WHITE = (255, 255, 255)

every_format = pytest.mark.parametrize("format_", FORMATS)


def is_like(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def two_halves(size: tuple[int, int] = (48, 24)) -> Image.Image:
    """Red left, blue right."""
    image = picture(size)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(size: tuple[int, int], depth: int, colour_type: int, rows: bytes, *chunks: bytes) -> bytes:
    """As the specification has it, with what Pillow does not write."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour_type, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


@every_format
def test_each_format_is_found_by_its_content(format_: str) -> None:
    image = open_picture(encoded(two_halves(), format_))

    assert (type(image), image.mode, image.size) == (Image.Image, "RGB", (48, 24))
    assert is_like(image.getpixel((3, 3)), RED)
    assert is_like(image.getpixel((44, 3)), BLUE)


class TestOrientation:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
    def test_a_photo_stands_upright(self, format_: str) -> None:
        """Orientation 6: the camera was held upright, and the pixels lie on their side."""
        exif = Image.Exif()
        exif[0x0112] = 6
        image = open_picture(encoded(two_halves(), format_, exif=exif))

        assert image.size == (24, 48)
        assert is_like(image.getpixel((12, 3)), RED)
        assert is_like(image.getpixel((12, 44)), BLUE)

    def test_no_metadata_stays(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = SECRET
        image = open_picture(encoded(picture(), "JPEG", exif=exif, comment=SECRET))

        assert image.info == {}
        assert dict(image.getexif()) == {}


class TestColours:
    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    def test_what_is_clear_lies_on_white(self, mode: str) -> None:
        image = Image.new("RGBA", (16, 16), (0, 0, 0, 0)).convert(mode)

        assert open_picture(encoded(image)).getpixel((3, 3)) == WHITE

    def test_what_is_half_clear_is_half_as_strong(self) -> None:
        image = open_picture(encoded(Image.new("RGBA", (16, 16), (0, 0, 200, 128))))

        assert is_like(image.getpixel((3, 3)), (127, 127, 227))

    @pytest.mark.parametrize("format_", ["PNG", "GIF"])
    def test_a_palette_s_clear_entry_lies_on_white_too(self, format_: str) -> None:
        image = two_halves().quantize(2)
        image = open_picture(encoded(image, format_, transparency=image.getpixel((0, 0))))

        assert image.getpixel((3, 3)) == WHITE
        assert is_like(image.getpixel((44, 3)), BLUE)

    def test_a_clear_colour_of_a_picture_without_alpha_is_clear(self) -> None:
        assert open_picture(encoded(picture(), "PNG", transparency=RED)).getpixel((3, 3)) == WHITE

    @pytest.mark.parametrize("clear", [(), (chunk(b"tRNS", b"\x00\x7f"),)])
    def test_sixteen_bits_become_eight_without_a_flash(self, clear: tuple[bytes, ...]) -> None:
        """Whatever tone counts as clear among the sixteen bits."""
        rows = (b"\0" + b"\x80\x00" * 16) * 16
        image = open_picture(raw_png((16, 16), 16, 0, rows, *clear))

        assert image.getpixel((3, 3)) == (127, 127, 127)

    def test_sixteen_bits_of_colour_become_eight(self) -> None:
        rows = (b"\0" + struct.pack(">HHH", 0xDC00, 0x1400, 0x1400) * 16) * 16

        assert open_picture(raw_png((16, 16), 16, 2, rows)).getpixel((3, 3)) == RED

    @pytest.mark.parametrize("mode", ["1", "L", "P"])
    def test_a_grey_picture_is_grey(self, mode: str) -> None:
        image = open_picture(encoded(picture(colour=WHITE).convert(mode)))

        assert (image.mode, image.getpixel((3, 3))) == ("RGB", WHITE)

    def test_a_print_s_colours_become_a_screen_s(self) -> None:
        assert is_like(open_picture(encoded(picture().convert("CMYK"), "JPEG")).getpixel((3, 3)), RED)

    def test_the_colours_are_those_that_the_profile_meant(self) -> None:
        """This one says that red is green and green red."""
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        head, table = profile[:128], profile[128:].replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ")
        swapped = head + table.replace(b"????", b"gXYZ")

        assert is_like(open_picture(encoded(picture(), "PNG", icc_profile=swapped)).getpixel((3, 3)), GREEN)

    def test_a_profile_of_other_channels_changes_nothing(self) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        data = encoded(Image.new("L", (16, 16), 99), "PNG", icc_profile=profile)

        assert open_picture(data).getpixel((3, 3)) == (99, 99, 99)


class TestFrames:
    @pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
    def test_of_what_moves_the_first_frame_is_taken(self, format_: str) -> None:
        data = encoded(two_halves(), format_, save_all=True, append_images=[picture((48, 24), GREEN)])

        assert is_like(open_picture(data).getpixel((44, 3)), BLUE)

    def test_no_other_frame_is_decoded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seeks: list[int] = []
        seek = GifImagePlugin.GifImageFile._seek

        def counted(image: Any, frame: int, update_image: bool = True) -> None:
            seeks.append(frame)
            seek(image, frame, update_image)

        monkeypatch.setattr(GifImagePlugin.GifImageFile, "_seek", counted)
        open_picture(encoded(two_halves(), "GIF", save_all=True, append_images=[picture((48, 24), GREEN)]))

        assert set(seeks) == {0}

    def test_a_phone_s_photo_with_more_behind_it_is_its_first_picture(self) -> None:
        many = encoded(picture(), "MPO", save_all=True, append_images=[picture(colour=BLUE)])

        assert is_like(open_picture(many).getpixel((3, 3)), RED)


class TestSizes:
    @pytest.mark.parametrize("side", [6_400, 9_500, 20_000])
    def test_a_header_that_promises_too_much_is_refused_before_anything_is_decoded(
        self, side: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Above our limit, above Pillow's, and above twice Pillow's; the pixels swell from a few kilobytes."""

        def load(_: object) -> None:
            pytest.fail("it was decoded")

        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)

        with pytest.raises(PictureRefused, match="more than 40 million pixels"):
            open_picture(raw_png((side, side), 8, 2, bytes(1_000_000)))

    @pytest.mark.parametrize("size", [(15, 400), (400, 15), (1, 1)])
    def test_one_that_is_too_narrow_is_refused(self, size: tuple[int, int]) -> None:
        with pytest.raises(PictureRefused, match="less than 16 pixels"):
            open_picture(encoded(picture(size)))

    def test_the_narrowest_that_is_taken(self) -> None:
        assert open_picture(encoded(picture((16, 400)))).size == (16, 400)

    def test_text_that_swells_is_no_way_in(self) -> None:
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "x" * 20_000_000, zip=True)

        with pytest.raises(PictureRefused, match="broken"):
            open_picture(encoded(picture(), "PNG", pnginfo=text))


class TestBroken:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"<html>not found</html>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.7",
            b"%!PS-Adobe-3.0 EPSF-3.0",
            encoded(picture(), "BMP"),
            encoded(picture(), "TIFF"),
            encoded(picture(), "ICO"),
        ],
    )
    def test_what_is_none_of_the_four_formats_is_refused(self, data: bytes) -> None:
        with pytest.raises(PictureRefused, match="no JPEG, PNG, WebP or GIF"):
            open_picture(data)

    @every_format
    def test_one_that_ends_too_soon_is_refused(self, format_: str) -> None:
        data = encoded(Image.effect_noise((64, 64), 80).convert("RGB"), format_)

        with pytest.raises(PictureRefused, match="broken"):
            open_picture(data[: len(data) // 2])

    @every_format
    def test_a_flipped_byte_anywhere_is_no_crash(self, format_: str) -> None:
        data = encoded(Image.effect_noise((16, 16), 80).convert("RGB"), format_)

        for place in range(0, len(data), max(1, len(data) // 60)):
            broken = bytearray(data)
            broken[place] ^= 0xFF
            with suppress(PictureRefused):
                open_picture(bytes(broken))

    def test_want_of_memory_is_not_the_picture_s_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def load(_: object) -> None:
            raise MemoryError

        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)

        with pytest.raises(MemoryError):
            open_picture(encoded(picture()))
