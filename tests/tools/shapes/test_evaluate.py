import pytest
import torch
from PIL import Image

from gpu_handler.generators.sdxl.generator import SdxlGenerator
from tools.shapes.evaluate import accuracy, as_tensor, checker_accuracy, draw
from tools.shapes.render import render
from tools.shapes.world import HeldOut, held_out

PROMPTS = held_out()[:40]


def true_pictures(prompts: tuple[HeldOut, ...]) -> list[Image.Image]:
    scenes = torch.tensor([prompt.scene for prompt in prompts])
    pictures, _ = render(scenes, torch.Generator().manual_seed(2))
    levels = ((pictures + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(picture) for picture in levels]


def test_pictures_that_show_what_they_should_are_all_right() -> None:
    found = accuracy(true_pictures(PROMPTS), PROMPTS)

    assert found.attributes == (1, 1, 1, 1)
    assert found.all == 1


def test_pictures_of_other_prompts_are_not() -> None:
    found = accuracy(true_pictures(PROMPTS[::-1]), PROMPTS)

    assert max(found.attributes) < 0.5
    assert found.all < 0.1


def test_all_four_are_right_in_no_more_pictures_than_each_is() -> None:
    pictures = true_pictures(PROMPTS[:20]) + true_pictures(PROMPTS[20:])[::-1]

    found = accuracy(pictures, PROMPTS)

    assert 0.5 <= found.all <= min(found.attributes) < 1


def test_the_checker_s_own_accuracy_is_measured_on_true_renders() -> None:
    assert checker_accuracy(held_out()).all >= 0.99


def test_a_picture_s_pixels_are_read_as_the_model_s_are() -> None:
    tensor = as_tensor(Image.new("RGB", (3, 2), (255, 0, 51)))

    assert tensor.shape == (3, 2, 3)
    assert tensor[:, 0, 0].tolist() == pytest.approx([1, -1, -0.6])


def test_prompts_are_drawn_with_their_own_seeds(sdxl: SdxlGenerator) -> None:
    first, again, other = (draw(sdxl, [HeldOut("a red star", (3, 0, 1, 0), seed)])[0].tobytes() for seed in (1, 1, 2))

    assert first == again != other
