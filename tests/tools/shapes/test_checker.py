import pytest
import torch

from tools.shapes.checker import read_scenes
from tools.shapes.render import render
from tools.shapes.world import every_scene


@pytest.mark.parametrize(("height", "width"), [(64, 64), (48, 64), (64, 32)])
def test_true_renders_are_read_without_a_fault(height: int, width: int) -> None:
    scenes = every_scene()[::9]
    pictures, _ = render(scenes, torch.Generator().manual_seed(4), height, width)

    assert torch.equal(read_scenes(pictures), scenes)


def test_a_little_noise_does_not_matter() -> None:
    scenes = every_scene()[::27]
    generator = torch.Generator().manual_seed(4)
    pictures, _ = render(scenes, generator)
    noisy = (pictures + 0.1 * torch.randn(pictures.shape, generator=generator)).clamp(-1, 1)

    assert (read_scenes(noisy) == scenes).float().mean() > 0.98


def test_a_picture_without_a_shape_has_some_scene() -> None:
    flat = torch.zeros(1, 3, 64, 64)

    assert read_scenes(flat).shape == (1, 4)


def test_pure_noise_is_right_by_chance_only() -> None:
    scenes = every_scene()[::27]
    noise = torch.rand(len(scenes), 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1

    assert (read_scenes(noise) == scenes).all(1).float().mean() < 0.05
