import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.content_policy.normalise import normalise


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A Lighthouse", "a lighthouse"),
        ("Straße", "strasse"),
        ("crème brûlée", "creme brulee"),
        ("Ångström", "angstrom"),
        ("\N{LATIN SMALL LIGATURE FI}sh", "fish"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{FULLWIDTH DIGIT SEVEN}", "a7"),
        ("\N{DEVANAGARI DIGIT NINE}\N{CIRCLED DIGIT FOUR}", "94"),
        ("\N{CYRILLIC CAPITAL LETTER ER}ort", "port"),
        ("\N{GREEK CAPITAL LETTER RHO}ort", "port"),
        ("\N{CYRILLIC SMALL LETTER IO}", "e"),
        ("a\N{SOFT HYPHEN}b\N{ZERO WIDTH SPACE}c\N{RIGHT-TO-LEFT OVERRIDE}d", "abcd"),
        ("a\x00b\x7fc", "abc"),
        ("a\N{NO-BREAK SPACE}b\N{EM SPACE}c\td", "a b c d"),
        ("a\r\nb\N{LINE SEPARATOR}c", "a\n\nb\nc"),
        ("灯台", "灯台"),
        ("등대", "등대"),
        ("\N{HALFWIDTH KATAKANA LETTER RO}\N{HALFWIDTH KATAKANA LETTER RI}", "ロリ"),
        ("(lamp:1.2), [sea|sky]", "(lamp:1.2), [sea|sky]"),
    ],
)
def test_a_text_has_one_plain_form(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(st.text())
def test_a_plain_form_has_no_capitals_and_nothing_unseen(text: str) -> None:
    plain = normalise(text)

    assert not any("A" <= each <= "Z" for each in plain)
    assert not [each for each in plain.replace("\n", "") if unicodedata.category(each) in ("Mn", "Me", "Cf", "Cc")]


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_a_plain_form_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(), st.text())
def test_texts_side_by_side_are_read_side_by_side(one: str, other: str) -> None:
    assert normalise(f"{one}\n{other}") == f"{normalise(one)}\n{normalise(other)}"
