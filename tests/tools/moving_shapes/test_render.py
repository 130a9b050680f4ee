import torch
from torch import Tensor

from tools.moving_shapes.render import render
from tools.moving_shapes.world import MOTIONS
from tools.shapes.world import COLORS

_RED_CIRCLE_ON_BLUE = (0, 0, 2)


def _video(motion: str, frames: int = 5, height: int = 64, width: int = 64) -> Tensor:
    """Where the shape is: (frames, height, width) in 0..1."""
    scene = torch.tensor([[*_RED_CIRCLE_ON_BLUE, MOTIONS.index(motion)]])
    video = render(scene, torch.Generator().manual_seed(0), frames, height, width)
    assert video.shape == (1, 3, frames, height, width)
    assert video.abs().max() <= 1
    return (video[0, 0] > 0).float()


def _middles(masks: Tensor) -> Tensor:
    """(frames, 2): x and y."""
    down, across = (torch.arange(side) + 0.5 for side in masks.shape[1:])
    area = masks.sum((1, 2))
    return torch.stack([(masks.sum(1) * across).sum(1) / area, (masks.sum(2) * down).sum(1) / area], 1)


def test_a_shape_moves_from_one_side_to_the_other_at_constant_speed() -> None:
    for motion, axis, sign in (("right", 0, 1), ("left", 0, -1), ("down", 1, 1), ("up", 1, -1)):
        steps = _middles(_video(motion)).diff(dim=0) * sign

        assert (steps[:, axis] > 5).all(), motion
        assert steps[:, axis].max() - steps[:, axis].min() < 1
        assert steps[:, 1 - axis].abs().max() < 0.5


def test_a_growing_shape_grows_where_it_is_and_a_shrinking_one_shrinks() -> None:
    growing, shrinking = _video("growing"), _video("shrinking")

    assert (growing.sum((1, 2)).diff() > 50).all()
    assert (shrinking.sum((1, 2)).diff() < -50).all()
    assert _middles(growing).diff(dim=0).abs().max() < 0.5


def test_a_still_shape_is_the_same_in_every_frame() -> None:
    masks = _video("still")

    assert (masks == masks[0]).all()


def test_a_motion_fills_the_video_however_long_or_wide_it_is() -> None:
    short, long, wide = _video("right", 5), _video("right", 17), _video("right", 5, 48, 80)

    assert torch.allclose(_middles(short)[[0, -1]], _middles(long)[[0, -1]], atol=1.5)
    assert _middles(wide)[-1, 0] - _middles(wide)[0, 0] > 40


def test_one_frame_is_the_beginning_of_the_motion() -> None:
    assert torch.allclose(_middles(_video("right", 1))[0], _middles(_video("right", 5))[0], atol=1.5)


def test_the_colors_are_those_of_the_still_shapes_but_for_a_tint() -> None:
    scene = torch.tensor([[*_RED_CIRCLE_ON_BLUE, 0]])
    video = render(scene, torch.Generator().manual_seed(0), 1)

    for name, pixel in (("blue", video[0, :, 0, 0, 0]), ("red", video[0, :, 0, 32, 32])):
        assert (pixel - (torch.tensor(COLORS[name]) / 127.5 - 1)).abs().max() < 0.05
