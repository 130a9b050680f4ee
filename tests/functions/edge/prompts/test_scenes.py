"""Who is in a scene and what they do."""

import pytest

from functions.edge.prompts.scenes import detect, is_explicit


@pytest.mark.parametrize(
    ("prompt", "is_mixed"),
    [
        ("two men and a woman", True),
        ("a man and a woman", True),
        ("1boy, 1girl", True),
        ("a couple in the rain", True),
        ("bride and groom", True),
        ("a lesbian couple", False),
        ("two women", False),
        ("3 dancers", False),
        ("three young girls", False),
        ("a crowd in a stadium", False),
        ("people on a beach", False),
        ("a nurse with a doctor", False),
        ("2girls, anime", False),
        ("情侣在雨中", True),
    ],
)
def test_several_people_are_told_by_numbers_plurals_and_pairs(prompt: str, is_mixed: bool) -> None:
    scene = detect(prompt)
    assert scene.has_several_people
    assert scene.is_mixed is is_mixed


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman",
        "one man in a suit",
        "a woman with a man's hat",
        "portrait of a woman, young lady in red",
        "two cats",
        "a pair of shoes",
        "a snowman",
        "a kitchen, no people",
        "1girl, solo",
        "",
    ],
)
def test_one_person_or_none_is_no_group(prompt: str) -> None:
    assert not detect(prompt).has_several_people


@pytest.mark.parametrize(
    "prompt", ["a woman sitting on a chair", "a man jumping", "yoga at dawn", "a dancer in a pirouette", "女孩坐在窗边"]
)
def test_a_pose_is_told(prompt: str) -> None:
    assert detect(prompt).has_pose


@pytest.mark.parametrize("prompt", ["a woman", "a bird sitting on a branch", "a running shoe on a table"])
def test_what_has_no_body_of_a_person_has_no_pose(prompt: str) -> None:
    assert not detect(prompt).has_pose


def test_explicit_is_what_the_content_policy_calls_so() -> None:
    assert is_explicit("a nude woman")
    assert not is_explicit("a woman with nude lipstick")
