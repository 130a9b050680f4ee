import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.prompt_weights import TERM_LIMIT, WEIGHT_RANGE, Fragment, count, parse, readings, terms, with_terms


def read(prompt: str) -> list[tuple[str, float]]:
    return [(fragment.text, fragment.weight) for fragment in parse(prompt)]


def test_words_without_brackets_weigh_one() -> None:
    assert parse("a red star") == [Fragment("a red star", 1.0)]


def test_a_number_in_brackets_is_the_weight() -> None:
    assert read("a (red:1.4) star") == [("a ", 1.0), ("red", 1.4), (" star", 1.0)]


@pytest.mark.parametrize(
    ("prompt", "weight"),
    [("(red)", 1.1), ("((red))", 1.21), ("[red]", 0.9091), ("[[red]]", 0.8264), ("([red])", 1.0), ("(red:.5)", 0.5)],
)
def test_each_kind_of_bracket_has_its_factor(prompt: str, weight: float) -> None:
    assert read(prompt) == [("red", weight)]


def test_nested_weights_multiply() -> None:
    assert read("(a (red:1.5) star:0.5)") == [("a ", 0.5), ("red", 0.75), (" star", 0.5)]


@pytest.mark.parametrize("prompt", [r"a \(red\) star", r"a \[red\] star"])
def test_an_escaped_bracket_is_a_character(prompt: str) -> None:
    assert read(prompt) == [(prompt.replace("\\", ""), 1.0)]


def test_an_escaped_bracket_inside_weighted_words_stays() -> None:
    assert read(r"(red \(deep\):1.2)") == [("red (deep)", 1.2)]


def test_an_unclosed_bracket_reaches_to_the_end() -> None:
    assert read("a (red star") == [("a ", 1.0), ("red star", 1.1)]
    assert read("a [red star") == [("a ", 1.0), ("red star", 0.9091)]


@pytest.mark.parametrize("prompt", ["a red) star", "a red] star", "ratio 3:4", "red:1.4)", r"a \ star"])
def test_what_is_no_weight_is_text(prompt: str) -> None:
    assert read(prompt) == [(prompt, 1.0)]


def test_a_bracket_closed_by_the_wrong_one_is_still_open() -> None:
    assert read("(red] star)") == [("red] star", 1.1)]


@pytest.mark.parametrize(("prompt", "weight"), [("(red:99)", WEIGHT_RANGE[1]), ("(red:0)", WEIGHT_RANGE[0])])
def test_weights_end_where_their_range_ends(prompt: str, weight: float) -> None:
    assert read(prompt) == [("red", weight)]


def test_no_text_has_no_fragments() -> None:
    assert parse("") == []


def plain(prompt: str) -> str:
    return readings(prompt)[1]


def test_the_plain_words_are_joined_where_brackets_stood() -> None:
    assert plain("a r(e:1.2)d [star]") == "a red star"


@given(st.text(alphabet="ab ,:.01()[]\\\n"))
def test_every_text_can_be_parsed_and_loses_only_syntax(prompt: str) -> None:
    low, high = WEIGHT_RANGE

    assert all(fragment.text and low <= fragment.weight <= high for fragment in parse(prompt))
    assert [letter for letter in plain(prompt) if letter in "ab,"] == [letter for letter in prompt if letter in "ab,"]


@given(st.text(alphabet="ab ,.:01"))
def test_text_without_brackets_is_never_changed(prompt: str) -> None:
    assert plain(prompt) == prompt


def test_terms_stand_between_commas() -> None:
    assert terms("(beautiful:1.3), (garden:1.1), sunny") == ["(beautiful:1.3)", "(garden:1.1)", "sunny"]


def test_a_comma_within_brackets_does_not_part_them() -> None:
    assert terms("(red, blue:1.3), [a, b]") == ["(red, blue:1.3)", "[a, b]"]


def test_an_escaped_bracket_holds_no_comma() -> None:
    assert terms(r"a \(b, c") == [r"a \(b", "c"]


def test_equal_terms_count_once() -> None:
    assert terms("(Red:1.3), ( red : 1.3 ), (red:1.4), a  star, A star") == ["(Red:1.3)", "(red:1.4)", "a star"]


@pytest.mark.parametrize("term", ["a (red:1.3) star", "todd ( ler", "ratio 3 : 4"])
def test_what_is_drawn_of_a_term_keeps_its_spaces(term: str) -> None:
    """Else words would be made that the content policy has not read."""
    assert terms(term) == [term]


def test_the_terms_follow_the_prompt() -> None:
    assert with_terms("a star", terms("(red:1.3), (red:1.3), blue")) == "a star, (red:1.3), blue"
    assert with_terms("a star", terms(None)) == "a star"


def test_a_bracket_ends_with_its_prompt() -> None:
    assert parse("a [star", ", (red:1.4)") == [
        Fragment("a ", 1.0),
        Fragment("star", 0.9091),
        Fragment(", ", 1.0),
        Fragment("red", 1.4),
    ]


def test_a_prompt_is_read_as_written_without_brackets_and_without_its_light_words() -> None:
    assert readings("a (red:1.2) [blue] star") == ("a (red:1.2) [blue] star", "a red blue star", "a red  star")


def test_numbers_beyond_all_sense_are_weights_at_the_end_of_the_range() -> None:
    assert read(f"((x:0):{'9' * 400})") == [("x", 0.0)]
    assert read(f"(x:{'9' * 400})") == [("x", 2.0)]
    assert read("(x:-1)") == [("x", 0.0)]
    assert read("(x:+1.2)") == read("(x:1.2)")


def test_only_round_brackets_take_a_number() -> None:
    assert read("[red:1.4]") == [("red:1.4", 0.9091)]


def test_an_escaped_backslash_is_one() -> None:
    assert read("a \\\\ (red)") == [("a \\ ", 1.0), ("red", 1.1)]


@pytest.mark.parametrize("compel_weights", ["", " , ,, "])
def test_empty_terms_are_left_out(compel_weights: str) -> None:
    assert terms(compel_weights) == []


def test_no_more_than_six_terms_are_used() -> None:
    compel_weights = ", ".join(f"(w{number}:1.1)" for number in range(8))

    assert terms(compel_weights) == [f"(w{number}:1.1)" for number in range(TERM_LIMIT)]
    assert count(compel_weights) == 8
