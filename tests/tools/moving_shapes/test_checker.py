import pytest
import torch

from tools.moving_shapes.checker import read_scenes
from tools.moving_shapes.render import render
from tools.moving_shapes.world import held_out_scenes


@pytest.mark.parametrize(("height", "width"), [(64, 64), (80, 48)])
def test_true_videos_are_read_without_an_error(height: int, width: int) -> None:
    scenes = torch.tensor(held_out_scenes()[:14])
    videos = render(scenes, torch.Generator().manual_seed(1), 5, height, width)

    assert torch.equal(read_scenes(videos), scenes)


def test_a_video_played_backwards_moves_the_other_way() -> None:
    # Still, right, left, up, down, growing, shrinking.
    scenes = torch.tensor(held_out_scenes()[:7])
    videos = render(scenes, torch.Generator().manual_seed(1), 5)

    assert read_scenes(videos.flip(2))[:, 3].tolist() == [0, 2, 1, 4, 3, 6, 5]


def test_a_video_that_shows_nothing_is_read_as_something_still() -> None:
    grey = torch.zeros(1, 3, 5, 64, 64)

    assert read_scenes(grey)[0, 3] == 0
