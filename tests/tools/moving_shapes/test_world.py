import torch

from tools.moving_shapes.world import (
    COLOR_NAMES,
    MOTIONS,
    SHAPES,
    draw_scenes,
    every_scene,
    held_out_scenes,
    training_scenes,
)
from tools.shapes import world as still_world


def test_held_out_scenes_are_in_no_training_video() -> None:
    trained = set(map(tuple, training_scenes().tolist()))

    assert len(set(held_out_scenes())) == 112
    assert trained.isdisjoint(held_out_scenes())
    assert len(trained) + 112 == len(every_scene())
    assert trained.issuperset(map(tuple, draw_scenes(500, torch.Generator().manual_seed(0)).tolist()))


def test_the_motions_take_turns_in_the_held_out_scenes() -> None:
    assert [scene[3] for scene in held_out_scenes()] == list(range(len(MOTIONS))) * 16


def test_a_shape_can_always_be_seen_on_its_background() -> None:
    assert all(color != background for _, color, background, _ in every_scene().tolist())


def test_shapes_and_colors_have_the_indices_of_the_world_of_still_shapes() -> None:
    assert still_world.SHAPES[: len(SHAPES)] == SHAPES
    assert still_world.COLOR_NAMES[: len(COLOR_NAMES)] == COLOR_NAMES
