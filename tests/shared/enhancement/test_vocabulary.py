"""Finding words."""

import pytest

from shared.enhancement.vocabulary import plain, says, spans, without


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("a cat", "cat"),
        ("two cats", "cat"),
        ("many witches", "witch"),
        ("close-up of a cat", "close up"),
        ("f/1.8", "f 1 8"),
        ("dancing", "danc*"),
        ("3d渲染", "3d"),
        ("一只狐狸在", "狐狸"),
        ("(cat:1.2)", "cat"),
        ("crowded with", "crowded with"),
    ],
)
def test_a_term_is_found(text: str, term: str) -> None:
    assert says(text, [term])


@pytest.mark.parametrize(
    ("text", "term"), [("a category", "cat"), ("bobcat", "cat"), ("candance", "danc*"), ("", "cat")]
)
def test_a_part_of_a_word_is_not(text: str, term: str) -> None:
    assert not says(text, [term])


def test_no_terms_are_nowhere() -> None:
    assert not says("a cat", [])


def test_the_longest_term_speaks() -> None:
    assert list(spans("a teddy bear and a bear", ["bear", "teddy bear"])) == [(2, 12), (19, 23)]


def test_what_is_taken_out_leaves_its_neighbours_apart() -> None:
    assert without("a woman painting a fence", ["painting a"]) == "a woman ; fence"


def test_a_prompt_is_read_in_lower_case_with_single_blanks() -> None:
    assert plain("  Oil_Painting\n of\u3000A  CAT\u2019s ") == "oil painting of a cat's"
