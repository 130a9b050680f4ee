import pytest
import torch
from torch import Tensor

from tools.shapes.render import coverage, render
from tools.shapes.world import COLORS, POSITION_NAMES, SHAPES, VALUES, every_scene


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def scene(shape: str = "circle", color: str = "red", background: str = "blue", position: str = "center") -> Tensor:
    words = (shape, color, background, position)
    return torch.tensor([[values.index(word) for values, word in zip(VALUES, words, strict=True)]])


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 64), (64, 48)])
def test_pictures_have_the_asked_for_size_and_range(height: int, width: int) -> None:
    pictures, covered = render(every_scene()[::300], generator(), height, width)

    assert pictures.shape == (9, 3, height, width)
    assert covered.shape == (9, 1, height, width)
    assert pictures.abs().max() <= 1
    assert covered.min() >= 0
    assert covered.max() <= 1


def test_shape_and_background_have_their_colors() -> None:
    pictures, _ = render(scene(), generator())

    for place, name in (((32, 32), "red"), ((1, 1), "blue")):
        expected = torch.tensor(COLORS[name]) / 127.5 - 1
        assert (pictures[0, :, *place] - expected).abs().max() <= 0.041


def test_the_same_generator_draws_the_same_pictures() -> None:
    first, second = (render(every_scene()[:20], generator(5))[0] for _ in range(2))

    assert torch.equal(first, second)


def test_no_two_pictures_of_a_scene_are_the_same() -> None:
    pictures, _ = render(scene().repeat(2, 1), generator())

    assert not torch.equal(pictures[0], pictures[1])


@pytest.mark.parametrize("position", POSITION_NAMES)
def test_the_shape_lies_where_its_position_says(position: str) -> None:
    _, covered = render(scene(position=position), generator())

    mass = covered[0, 0] / covered.sum()
    x = (mass.sum(0) * torch.arange(64)).sum() - 31.5
    y = (mass.sum(1) * torch.arange(64)).sum() - 31.5
    expected = {"center": (0, 0), "left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}[position]
    assert (round(float(x) / 12), round(float(y) / 12)) == expected


def test_shapes_are_hardly_cut_by_the_picture_s_edge() -> None:
    _, covered = render(every_scene()[::7], generator())

    edge = torch.cat([covered[:, 0, 0], covered[:, 0, -1], covered[:, 0, :, 0], covered[:, 0, :, -1]], 1)
    assert edge.sum(1).mean() < 1
    assert edge.sum(1).max() < 16


def test_every_shape_covers_another_part() -> None:
    shapes = torch.arange(len(SHAPES))
    middle = torch.full((len(SHAPES), 2), 32.0)
    masks = coverage(shapes, middle, torch.full((len(SHAPES),), 18.0), torch.zeros(len(SHAPES)), 64, 64).flatten(1)

    overlap = masks @ masks.T / (masks.sum(1) + masks.sum(1)[:, None] - masks @ masks.T)
    assert overlap.fill_diagonal_(0).max() < 0.85


def test_edges_are_antialiased() -> None:
    _, covered = render(scene(), generator())

    assert ((covered > 0.05) & (covered < 0.95)).sum() > 40


def test_a_triangle_points_up() -> None:
    _, covered = render(scene("triangle"), generator())

    widths = covered[0, 0].sum(1)
    assert widths[:28].sum() < widths[36:].sum()


def test_a_ring_has_a_hole_and_a_cross_has_none() -> None:
    ring, cross = (render(scene(shape), generator())[1][0, 0, 32, 32] for shape in ("ring", "cross"))

    assert (ring.item(), cross.item()) == (0, 1)
