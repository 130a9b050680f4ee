from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.content_policy.words import number_slots, number_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  ,.!", []),
        ("an old lighthouse", ["an", "old", "lighthouse"]),
        ("well-kept, (red) [sails]", ["well", "kept", "red", "sails"]),
        ("child's", ["child", "s"]),
        ("one_two", ["one", "two"]),
        ("1girl 2d 8k", ["1girl", "2d", "8k"]),
        ("12yo 30y 7yrs 5years", ["12", "yo", "30", "y", "7", "yrs", "5", "years"]),
        ("l2yo 1oyo", ["l2", "yo", "1o", "yo"]),
        ("a12yo", ["a12yo"]),
        ("灯台", ["灯", "台"]),
        ("12岁", ["12", "岁"]),
        ("古いランプ", ["古", "い", "ランプ"]),
        ("등대", ["등", "대"]),
        ("(lamp:1.2) [sea:2] <sky:0.5>", ["lamp", "sea", "sky"]),
        ("(lamp:14) 16:9", ["lamp", "14", "16", "9"]),
    ],
)
def test_a_text_is_taken_apart_into_words(text: str, expected: list[str]) -> None:
    assert words(text).texts == expected


@given(st.text())
def test_every_word_stands_where_it_says(text: str) -> None:
    found = words(text)

    places = list(zip(found.starts, found.ends, strict=True))
    assert [found.text[start:end] for start, end in places] == found.texts
    assert all(end <= start for (_, end), (start, _) in pairwise(places))


def slots(text: str, index: int = 0) -> set[str]:
    found = words(text)
    return number_slots(found, index, index + 1, [found.texts[index]])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("lamp x", set()),
        ("0 x", {"{number}", "{age}"}),
        ("4 x", {"{number}", "{age}"}),
        ("5 x", {"{number}", "{age}", "{school_age}"}),
        ("17 x", {"{number}", "{age}", "{school_age}"}),
        ("18 x", {"{number}"}),
        ("017 x", {"{number}"}),
        ("2000 x", {"{number}"}),
        ("seventeen x", {"{number}", "{age}", "{school_age}"}),
        ("eighteen x", {"{number}"}),
        ("1o x", {"{number}", "{age}", "{school_age}"}),
        ("8k x", set()),
        ("o x", set()),
        ("8th x", {"{ordinal}"}),
        ("eighth x", {"{ordinal}"}),
        ("18th x", set()),
    ],
)
def test_a_number_fills_its_slots(word: str, expected: set[str]) -> None:
    assert slots(word) == expected


@pytest.mark.parametrize("end", ["", ",", ")", "]", ";", ".", "\n", " , x", ". x"])
def test_an_age_at_the_end_of_a_clause_stands_alone(end: str) -> None:
    assert "{lone_age}" in slots(f"12{end}")


@pytest.mark.parametrize("end", [" x", ":9", ".5", "-x", "%", "/16"])
def test_any_other_age_does_not(end: str) -> None:
    assert "{lone_age}" not in slots(f"12{end}")


@pytest.mark.parametrize("text", ["thirty two", "thirty-two", "hundred two", "hundred and two"])
def test_the_end_of_a_larger_number_is_no_age(text: str) -> None:
    assert slots(text, len(words(text).texts) - 1) == {"{number}"}


@pytest.mark.parametrize("text", ["lamp and two", "two", "and two", "thirty, two", "thirty twelve", "two two"])
def test_a_number_behind_anything_else_is_an_age(text: str) -> None:
    assert "{age}" in slots(text, len(words(text).texts) - 1)


def test_number_words_are_those_in_letters() -> None:
    assert {"zero", "twelve", "twelfth", "ninety"} <= number_words()
    assert "12th" not in number_words()
