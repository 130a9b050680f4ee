from io import BytesIO

import pytest
from PIL import Image

from gpu_handler.generators.images import encode_png, encode_thumbnail


def decoded(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_a_png_keeps_every_pixel() -> None:
    image = Image.effect_noise((40, 30), 60).convert("RGB")

    png = decoded(encode_png(image, "parameters"))

    assert png.format == "PNG"
    assert png.tobytes() == image.tobytes()


@pytest.mark.parametrize("text", ["plain", "naïve façade", "灯台と海", "two\nlines"])
def test_the_parameters_are_in_the_png_in_any_script(text: str) -> None:
    png = decoded(encode_png(Image.new("RGB", (8, 8)), text))

    assert png.info == {"parameters": text}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 1024), (256, 256)),
        ((480, 832), (148, 256)),
        ((1536, 1024), (256, 171)),
        ((2048, 2), (256, 1)),
        ((64, 48), (64, 48)),
    ],
)
def test_a_thumbnail_keeps_the_aspect_within_256_pixels(size: tuple[int, int], expected: tuple[int, int]) -> None:
    thumbnail = decoded(encode_thumbnail(Image.new("RGB", size, "teal")))

    assert thumbnail.format == "WEBP"
    assert thumbnail.size == expected


def test_making_a_thumbnail_leaves_the_image_alone() -> None:
    image = Image.new("RGB", (512, 512))

    encode_thumbnail(image)

    assert image.size == (512, 512)
