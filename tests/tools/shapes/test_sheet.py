from PIL import Image

from tools.shapes.sheet import contact_sheet


def test_every_picture_is_on_the_sheet_in_reading_order() -> None:
    colors = [(number, 100, 200) for number in range(5)]

    sheet = contact_sheet([Image.new("RGB", (8, 6), color) for color in colors], columns=3)

    assert sheet.size == (3 * 20 + 4, 2 * 16 + 4)
    assert [sheet.getpixel((12 + 20 * (n % 3), 10 + 16 * (n // 3))) for n in range(5)] == colors
    assert sheet.getpixel((2, 2)) == (255, 255, 255)
