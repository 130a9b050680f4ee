import pytest

from shared.content_policy.lattice import lattice
from shared.content_policy.spelling import Spellings
from shared.content_policy.words import words

SPELLINGS = Spellings({"lamp", "old", "two", "it", "to"}, ordinary=set())


def readings(text: str) -> set[tuple[int, int, str]]:
    """Every reading as (first word, word behind the last, listed word)."""
    edges = lattice(words(text), SPELLINGS)
    return {(start, end, word) for start, ends in enumerate(edges) for end, word in ends if not word.startswith("{")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("an old lamp", {(1, 2, "old"), (2, 3, "lamp")}),
        ("la-mp", {(0, 2, "lamp")}),
        ("la.mp", {(0, 2, "lamp")}),
        ("la_mp", {(0, 2, "lamp")}),
        ("l-a-m-p", {(0, 4, "lamp")}),
        ("l a m p", {(0, 4, "lamp")}),
        ("l, a; m: p", {(0, 4, "lamp")}),
        ("la m p", {(0, 3, "lamp")}),
        ("x l a m p x", {(1, 5, "lamp")}),
        ("l a m p o l d", {(0, 4, "lamp"), (4, 7, "old")}),
        ("o-l-d-lamp", {(0, 3, "old"), (3, 4, "lamp")}),
        ("l*mp", {(0, 2, "lamp")}),
        ("l@mp, 0ld", {(0, 2, "lamp"), (2, 3, "old")}),
        ("**lamp**", {(0, 1, "lamp")}),
        ("lamp!", {(0, 1, "lamp")}),
        ("**l*mp** l@mp++", {(0, 2, "lamp"), (2, 4, "lamp")}),
    ],
)
def test_a_text_is_read_in_every_way_it_is_written(text: str, expected: set[tuple[int, int, str]]) -> None:
    assert readings(text) == expected


@pytest.mark.parametrize("text", ["la mp", "lam p", "l amp", "la, mp", "la (mp)", "clamp", "lampoon"])
def test_other_words_are_not_put_together(text: str) -> None:
    assert readings(text) == set()


def test_a_last_exclamation_mark_is_no_letter() -> None:
    spellings = Spellings({"sail"}, ordinary=set())

    assert not any(lattice(words("sai!"), spellings))
    assert lattice(words("sa!l"), spellings)[0] == {(2, "sail")}


def test_another_alphabet_may_be_spelled_out_too() -> None:
    assert (4, "юлия") in lattice(words("ю л и я"), Spellings({"юлия"}, ordinary=set()))[0]


def test_a_word_of_two_letters_is_never_put_together() -> None:
    assert readings("i-t") == set()
    assert readings("it") == {(0, 1, "it")}


def test_words_far_too_long_are_not_put_together() -> None:
    long_word = "abcdefghijklmnopqrstuvwxyz"
    spellings = Spellings({long_word}, ordinary=set())

    assert lattice(words(long_word), spellings) == [{(1, long_word)}]
    assert not any(lattice(words("-".join(long_word)), spellings))


def test_a_number_is_read_as_its_slots_too() -> None:
    assert lattice(words("12 x"), SPELLINGS)[0] == {(1, "{age}"), (1, "{school_age}"), (1, "{number}")}


def test_a_number_word_is_a_word_and_its_slots() -> None:
    assert lattice(words("tw0 x"), SPELLINGS)[0] == {(1, "two"), (1, "{age}"), (1, "{number}")}


def test_a_number_word_spelled_out_fills_its_slots() -> None:
    assert (3, "{age}") in lattice(words("t-w-o x"), SPELLINGS)[0]
