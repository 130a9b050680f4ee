from collections.abc import Callable

import pytest

from shared.content_policy import Reason
from shared.content_policy.lists import read_list

Judge = Callable[..., Reason | None]

FIGURES = [name for names in read_list("public_figures")["terms"].values() for name in names]

NAMED = """
celebrity
celebrities
celeb
famous actress
hollywood actor
royal family
deepfake
deepfake of her
deep fake
face swap
faceswap
face of my friend
my ex
my ex-girlfriend
my ex-girlfriend Anna
my ex wife
my teacher
my hot teacher
my coworker
my co-worker
photo of my coworker
photo of a coworker
picture of the neighbour
photo of my girlfriend
photo of my beautiful wife
my girlfriend named Anna
our boss
my neighbor
my sister
a friend of mine
someone i know
a girl i know
a woman i work with
the woman in this photo
the woman from my picture
from her instagram
""".strip().splitlines()

NOBODY = """
teacher
a coworker
the boss
neighbour
my girlfriend
my wife
actress
politician
singer
a friend
queen
woman in a photo
portrait of a woman
photo of a wife
my bed
""".strip().splitlines()


@pytest.mark.parametrize("who", NAMED)
def test_a_real_person_in_a_sexual_context_is_refused(judge: Judge, who: str) -> None:
    assert judge(f"{who}, naked") is Reason.SEXUAL_REAL_PERSON
    assert judge(f"naked {who}") is Reason.SEXUAL_REAL_PERSON


@pytest.mark.parametrize("mode", ["sfw", "nsfw"])
@pytest.mark.parametrize("who", NAMED)
def test_a_real_person_without_a_sexual_context_passes(judge: Judge, who: str, mode: str) -> None:
    assert judge(f"{who} on a stage", mode=mode) is None


@pytest.mark.parametrize("who", NOBODY)
def test_nobody_in_particular_is_no_real_person(judge: Judge, who: str) -> None:
    assert judge(f"naked {who}") is None


@pytest.mark.parametrize("name", FIGURES)
def test_every_listed_name_is_refused_in_a_sexual_context_and_passes_without(judge: Judge, name: str) -> None:
    assert judge(f"nude {name}") is Reason.SEXUAL_REAL_PERSON
    assert judge(name.title(), mode="sfw") is None


@pytest.mark.parametrize("name", ["Beyoncé", "BARACK OBAMA", "Taylor-Swift", "taylorswift", "Obama's", "T4ylor Sw1ft"])
def test_a_name_is_found_as_it_may_be_written(judge: Judge, name: str) -> None:
    assert judge(f"{name} nude") is Reason.SEXUAL_REAL_PERSON


@pytest.mark.parametrize("name", ["Taylor", "Swift", "Emma", "Watson", "Trump", "Drake", "Prince", "Jordan"])
def test_a_part_of_a_name_names_nobody(judge: Judge, name: str) -> None:
    assert judge(f"nude {name}") is None


@pytest.mark.parametrize("tool", ["deepnude", "nudify", "nudified"])
def test_undressing_tools_are_refused_alone(judge: Judge, tool: str) -> None:
    assert judge(tool) is Reason.SEXUAL_REAL_PERSON


def test_undressing_the_person_of_a_picture_is_refused(judge: Judge) -> None:
    assert judge("undress this woman") is Reason.SEXUAL_REAL_PERSON


def test_a_listed_word_inside_a_name_is_part_of_the_name(judge: Judge) -> None:
    assert judge("portrait of Dick Cheney", mode="sfw") is None
    assert judge("Dick Cheney, dick", mode="sfw") is Reason.SEXUAL_REAL_PERSON
