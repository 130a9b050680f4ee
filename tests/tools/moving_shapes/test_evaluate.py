import pytest
import torch
from PIL import Image

from tools.moving_shapes import evaluate
from tools.moving_shapes.evaluate import as_picture, frames_given, prompts, shown_table, told_table
from tools.moving_shapes.parts import Parts
from tools.moving_shapes.render import render
from tools.moving_shapes.sheet import strips


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_STEPS", 1), ("FRAMES", 5), ("SIDE", 32)):
        monkeypatch.setattr(evaluate, name, value)


def test_prompts_are_the_same_every_time_and_tell_the_held_out_scenes() -> None:
    assert prompts(9) == prompts()[:9]
    assert len({one.scene for one in prompts()}) == 112


@pytest.mark.usefixtures("quick")
def test_an_untrained_model_fails_where_true_videos_are_read_right(parts: Parts) -> None:
    lines = told_table(parts, 3).splitlines()

    assert lines[0] == "| 3 held-out prompts | shape | color | background | motion | all four |"
    assert lines[-1] == "| true videos (the checker's own) |" + " 100.0% |" * 5
    assert lines[2].endswith("| 0.0% |")


@pytest.mark.usefixtures("quick")
def test_every_way_to_give_a_picture_is_compared_with_giving_none(parts: Parts) -> None:
    lines = shown_table(parts, 1).splitlines()

    assert [line.split("|")[1].strip() for line in lines[2:]] == ["no picture", "start frame", "end frame", "reference"]


def test_a_given_frame_is_black_in_the_mask_and_the_others_are_grey_and_white() -> None:
    picture = Image.new("RGB", (16, 32), "red")

    given = frames_given(picture, -1, 3)

    assert given["video"][2] is picture
    assert [frame.getpixel((0, 0)) for frame in given["video"][:2]] == [(128, 128, 128)] * 2
    assert [mask.getpixel((0, 0)) for mask in given["mask"]] == [255, 255, 0]


def test_a_strip_shows_nine_frames_of_each_video_from_the_first_to_the_last() -> None:
    # Moving right.
    videos = render(torch.tensor([[0, 0, 2, 1]] * 2), torch.Generator().manual_seed(0), 17)

    sheet = strips(list(videos))

    assert sheet.size == (9 * 132 + 4, 2 * 132 + 4)
    first = as_picture(videos[0, :, 0]).getpixel((14, 32))
    assert sheet.getpixel((4 + 28, 4 + 64)) == first
