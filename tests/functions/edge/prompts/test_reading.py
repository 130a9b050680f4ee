"""What is read off a prompt."""

import pytest

from functions.edge.prompts.reading import medium_of, read


@pytest.mark.parametrize(
    ("prompt", "medium"),
    [
        ("a red fox", ""),
        ("photo of a red fox", "photo"),
        ("oil painting of a ship", "painting"),
        ("a ship, oil_painting", "painting"),
        ("a ship (watercolour:1.3)", "painting"),
        ("1girl, anime", "anime"),
        ("photorealistic 3d render of a car", "render"),
        ("pencil sketch of a hand", "drawing"),
        ("logo of a fox", "graphic"),
        ("a woman painting a fence", ""),
        ("children drawing with chalk", ""),
        ("一幅水彩画", "painting"),
        ("3D渲染的机器人", "render"),
    ],
)
def test_a_medium_is_named_or_open(prompt: str, medium: str) -> None:
    assert medium_of(prompt) == medium


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("a woman with a cat", "person"),
        ("a cat with a woman", "animal"),
        ("statue of a woman in a garden", "object"),
        ("photo of a chair in a man's room", "object"),
        ("a toy car on a table", "vehicle"),
        ("in a dark forest, a woman walks", "person"),
        ("masterpiece, best quality, 1girl", "person"),
        ("the old lighthouse, a man at the door", "building"),
        ("a dark forest", "nature"),
        ("一只狐狸在雪地里", "animal"),
        ("standing at the window", ""),
        ("a snowman", ""),
        ("no people, a kitchen", "interior"),
    ],
)
def test_the_subject_is_who_or_what_before_where(prompt: str, subject: str) -> None:
    assert read(prompt).subject == subject


@pytest.mark.parametrize(
    ("prompt", "aspects"),
    [
        ("a fox", set()),
        ("a fox at sunset", {"light"}),
        ("a woman with dark hair in a light blue dress", set()),
        ("close-up of a fox, 85mm, f/1.8, bokeh", {"composition", "camera"}),
        ("a fox runs, camera pans left", {"motion", "camera_motion"}),
        ("VHS footage of a fox", {"rough"}),
        ("狐狸奔跑，镜头推进", {"motion", "camera", "camera_motion"}),  # noqa: RUF001
    ],
)
def test_the_aspects_that_are_named_are_said(prompt: str, aspects: set[str]) -> None:
    assert read(prompt).said == aspects


def test_the_place_is_the_first_that_is_named() -> None:
    assert [read(prompt).place for prompt in ("a cup on a table", "a cup in the snow", "a cup")] == [
        *("indoors", "outdoors", "")
    ]
