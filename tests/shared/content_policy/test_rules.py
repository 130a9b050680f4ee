import pytest

from shared.content_policy.rules import Rules, TermList, compile_rules, rules

SLOTS = {"person": ["woman"], "colour": ["red", "dark blue"]}


def compiled(*patterns: str, term_list: TermList = TermList.EXPLICIT, verbs: tuple[str, ...] = ()) -> Rules:
    return compile_rules({term_list: {"terms": {"en": list(patterns)}, "verbs": list(verbs)}}, SLOTS)


def terms(*patterns: str) -> set[str]:
    return {" ".join(term) for term in compiled(*patterns).terms}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("lamp", {"lamp", "lamps", "lampz"}),
        ("oil lamp", {"oil lamp", "oil lamps", "oil lampz", "oillamp", "oillamps", "oillampz"}),
        ("{colour} lamp", {f"{c} lamp{s}" for c in ("red", "dark blue") for s in ("", "s", "z")}),
        ("a * lamp", {"a * lamp", "a * lamps", "a * lampz"}),
        ("lamp of {age}", {"lamp of {age}"}),
        ("öllampe", {"ollampe", "ollampes", "ollampez"}),
        ("灯台", {"灯 台", "灯台"}),
    ],
)
def test_a_pattern_is_written_out(pattern: str, expected: set[str]) -> None:
    assert terms(pattern) == expected


def test_verbs_are_terms_in_their_forms() -> None:
    assert {("paint",), ("painting",), ("painted",)} <= compiled(verbs=("paint",)).terms.keys()


def test_a_slot_used_twice_is_filled_each_time() -> None:
    assert "red dark blue lamp" in terms("{colour} {colour} lamp")


def test_openings_are_the_beginnings_of_longer_terms() -> None:
    assert compiled("old oil lamp").openings == {("old",), ("old", "oil")}


@pytest.mark.parametrize("word", ["old", "lamp", "lamps", "oldlamp", "seventeen", "twelfth"])
def test_every_word_of_a_term_and_every_number_word_is_read(word: str) -> None:
    assert compiled("old lamp").spellings.listed(word) == [word]


def test_a_term_may_be_of_two_lists() -> None:
    document = {"terms": {"en": ["lamp"]}}
    both = compile_rules({TermList.EXPLICIT: document, TermList.MINORS: document}, SLOTS)

    assert both.terms["lamp",] == {TermList.EXPLICIT, TermList.MINORS}


def test_people_are_parts_of_no_list() -> None:
    made = compiled("lamp", "old ship").parts

    assert made["lamp"] == {TermList.EXPLICIT}
    assert made["oldship"] == {TermList.EXPLICIT}
    assert made["woman"] == set()
    assert "ship" not in made


def test_a_harmless_word_is_no_part() -> None:
    assert "lamp" not in compiled("lamp", term_list=TermList.HARMLESS).parts


def test_the_shipped_rules_are_made_once() -> None:
    assert rules() is rules()
    assert {term_list for lists in rules().terms.values() for term_list in lists} == set(TermList)
