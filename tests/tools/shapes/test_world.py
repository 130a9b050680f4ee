from tools.shapes.holding_out import COUNT, as_text, choose_held_out
from tools.shapes.world import _HELD_OUT, ATTRIBUTES, VALUES, every_scene, held_out, training_scenes


def test_a_scene_is_every_combination_in_which_the_shape_can_be_seen() -> None:
    scenes = every_scene()

    assert len(scenes) == 6 * 10 * 9 * 5
    assert not (scenes[:, 1] == scenes[:, 2]).any()
    assert len(scenes.unique(dim=0)) == len(scenes)


def test_the_held_out_prompts_are_the_ones_chosen_before_the_training() -> None:
    assert _HELD_OUT.read_text() == as_text(choose_held_out())


def test_two_hundred_combinations_are_held_out() -> None:
    assert len({entry.scene for entry in held_out()}) == len(held_out()) == COUNT == 200


def test_no_held_out_combination_is_trained() -> None:
    trained = {tuple(scene) for scene in training_scenes().tolist()}

    assert trained.isdisjoint(entry.scene for entry in held_out())
    assert len(trained) + len(held_out()) == len(every_scene())


def test_every_single_value_is_trained() -> None:
    scenes = training_scenes()

    for attribute, values in enumerate(VALUES):
        assert scenes[:, attribute].unique().tolist() == list(range(len(values)))


def test_a_held_out_prompt_says_what_its_scene_is() -> None:
    for entry in held_out():
        words = dict(zip(ATTRIBUTES, (values[i] for values, i in zip(VALUES, entry.scene, strict=True)), strict=True))
        assert all(words[name] in entry.prompt for name in ("shape", "color", "background"))
        assert words["position"] in ("center", *entry.prompt.replace(",", " ").split())
