import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.content_policy.spelling import Spellings

VOCABULARY = {"lamp", "lolly", "son", "sails", "ship", "book", "18", "sailor", "boss"}
SPELLINGS = Spellings(VOCABULARY, ordinary={"boss"})


@pytest.mark.parametrize("word", sorted(VOCABULARY))
def test_a_listed_word_is_read_as_itself_alone(word: str) -> None:
    assert SPELLINGS.listed(word) == [word]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("l4mp", "lamp"),
        ("1amp", "lamp"),
        ("sh1p", "ship"),
        ("sh!p", "ship"),
        ("$ail$", "sails"),
        ("5a1l5", "sails"),
        ("b00k", "book"),
        ("b0ok", "book"),
        ("l*mp", "lamp"),
        ("s**l*r", "sailor"),
        ("b**k", "book"),
        ("l*lly", "lolly"),
        ("lammmp", "lamp"),
        ("lllamp", "lamp"),
        ("lammp", "lamp"),
        ("lolllyyy", "lolly"),
        ("boooook", "book"),
        ("llaammpp", "lamp"),
        ("saiiils", "sails"),
        ("$$$h1ppp", "ship"),
        ("sooon", "son"),
    ],
)
def test_a_disguised_word_is_read_as_the_word(written: str, read: str) -> None:
    assert SPELLINGS.listed(written) == [read]


@pytest.mark.parametrize(
    "written",
    ["", "lam", "lampe", "lamb", "loly", "bok", "bo0", "soon", "8", "188", "***", "$$$", "l4m"],
)
def test_any_other_word_is_no_listed_word(written: str) -> None:
    assert SPELLINGS.listed(written) == []


def test_nothing_is_a_disguise_of_an_ordinary_word() -> None:
    assert SPELLINGS.listed("b0ss") == []
    assert SPELLINGS.listed("bosss") == []


def test_an_ordinary_word_is_no_disguise_of_another() -> None:
    assert Spellings({"lolli", "loli"}, ordinary={"lolli"}).listed("lolli") == ["lolli"]
    assert Spellings({"loli"}, ordinary=set()).listed("lolli") == ["loli"]


def test_one_disguise_may_stand_for_several_words() -> None:
    assert set(Spellings({"lamp", "limp", "lump"}, set()).listed("l*mp")) == {"lamp", "limp", "lump"}


def test_signs_are_neither_letters_nor_digits() -> None:
    assert SPELLINGS.has_sign("n*de")
    assert SPELLINGS.has_sign("$ix")
    assert not SPELLINGS.has_sign("n0de")
    assert not SPELLINGS.has_sign("a-b")
    assert not SPELLINGS.has_sign("")


@given(st.text(alphabet="lampsonibk01*$!4", max_size=12))
def test_a_reading_is_always_a_listed_word(written: str) -> None:
    assert set(SPELLINGS.listed(written)) <= VOCABULARY


@given(st.sampled_from(["lamp", "ship", "sails"]), st.lists(st.integers(3, 6), min_size=5, max_size=5))
def test_letters_repeated_any_times_are_read_once(word: str, times: list[int]) -> None:
    written = "".join(letter * count for letter, count in zip(word, times, strict=False))

    assert SPELLINGS.listed(written) == [word]
