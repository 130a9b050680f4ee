"""The data: every file has its shape, every term is found, and no list could be left out."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

import shared.content_policy.lists
from shared.content_policy import Reason, check, policy
from shared.content_policy.lists import read_list
from shared.content_policy.matcher import lists_in
from shared.content_policy.normalise import normalise
from shared.content_policy.rules import TermList, compile_rules
from shared.content_policy.words import NUMBER_SLOTS

FOLDER = Path(shared.content_policy.lists.__file__).parent
DOCUMENTS = {term_list: read_list(term_list) for term_list in TermList}
SLOTS: dict[str, list[str]] = read_list("slots")
NUMBERS = {"age": "12", "lone_age": "12,", "number": "12", "ordinal": "8th", "school_age": "12"}

every_list = pytest.mark.parametrize("term_list", TermList)


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    about: str
    terms: dict[str, list[str]]
    verbs: list[str] = []


class Numbers(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    cardinals: dict[str, int]
    hundreds: list[str]
    ordinals: dict[str, int]
    tens: list[str]
    units: list[str]


def terms_of(term_list: TermList) -> list[str]:
    return [term for terms in DOCUMENTS[term_list]["terms"].values() for term in terms]


def example(pattern: str) -> str:
    """A text with the term in it: the first word of each slot, a number of each kind, any word for ``*``."""
    text = re.sub(r"\{(\w+)\}", lambda slot: NUMBERS.get(slot[1]) or SLOTS[slot[1]][0], pattern)
    return text.replace("*", "quiet")


def test_the_files_are_the_lists_and_what_they_are_matched_with() -> None:
    others = {"look_alikes", "numbers", "signs", "slots"}

    assert {path.stem for path in FOLDER.glob("*.json")} == {*TermList, *others}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_is_written_one_value_a_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    assert len(text.encode()) < 20_000


@every_list
def test_a_list_has_its_shape(term_list: TermList) -> None:
    document = Document.model_validate(DOCUMENTS[term_list])

    assert document.about.endswith(".")
    assert all(document.terms.values())


@every_list
def test_a_list_is_sorted(term_list: TermList) -> None:
    document = DOCUMENTS[term_list]

    assert list(document["terms"]) == sorted(document["terms"])
    for terms in (*document["terms"].values(), document.get("verbs", [])):
        assert terms == sorted(terms)


@every_list
def test_no_term_stands_twice_in_a_list(term_list: TermList) -> None:
    normalised = Counter(map(normalise, (*terms_of(term_list), *DOCUMENTS[term_list].get("verbs", []))))

    assert [term for term, times in normalised.items() if times > 1] == []


@every_list
def test_terms_are_lower_case_words_with_single_blanks(term_list: TermList) -> None:
    for term in (*terms_of(term_list), *DOCUMENTS[term_list].get("verbs", [])):
        assert term == term.lower() == " ".join(term.split())
        assert re.fullmatch(r"(\w+|\*|\{\w+\})( (\w+|\*|\{\w+\}))*", term), term


@every_list
def test_every_slot_of_a_list_exists(term_list: TermList) -> None:
    used = {slot for term in terms_of(term_list) for slot in re.findall(r"\{(\w+)\}", term)}

    assert used <= SLOTS.keys() | NUMBER_SLOTS


def test_every_slot_is_used() -> None:
    used = {slot for each in TermList for term in terms_of(each) for slot in re.findall(r"\{(\w+)\}", term)}

    assert used == SLOTS.keys() | NUMBER_SLOTS


def test_slots_are_sorted_lower_case_and_without_repeats() -> None:
    assert list(SLOTS) == sorted(SLOTS)
    for words in SLOTS.values():
        assert words == sorted(set(words))
        assert all(re.fullmatch(r"\w+( \w+)*", word) and word == word.lower() for word in words)


@every_list
def test_every_term_is_found(term_list: TermList) -> None:
    rules = compile_rules({term_list: DOCUMENTS[term_list]}, SLOTS)

    assert [term for term in terms_of(term_list) if term_list not in lists_in(example(term), rules)] == []


def test_every_harmless_phrase_speaks_for_a_listed_word() -> None:
    rules = compile_rules(DOCUMENTS | {TermList.HARMLESS: {"terms": {}}}, SLOTS)
    harmless = [example(term) for term in terms_of(TermList.HARMLESS)]

    assert [text for text in harmless if not lists_in(text, rules) and not lists_in(" ".join(text), rules)] == []


ONLY_BY_LIST = {
    TermList.EXPLICIT: ("nude woman", None),
    TermList.SUGGESTIVE: ("child in lingerie", None),
    TermList.MINORS: ("lingerie, child", None),
    TermList.SEXUALISED_MINORS: ("jailbait", None),
    TermList.PEOPLE_AROUND: ("my teacher in lingerie", None),
    TermList.PUBLIC_FIGURES: ("obama in lingerie", None),
    TermList.HARMLESS: ("nude lipstick", Reason.EXPLICIT_IN_SFW),
}


def judged(text: str) -> Reason | None:
    refusal = check([text], content_mode="sfw")
    return refusal.reason if refusal else None


@every_list
def test_a_result_changes_without_a_list(term_list: TermList, monkeypatch: pytest.MonkeyPatch) -> None:
    text, without = ONLY_BY_LIST[term_list]
    assert judged(text) is not without

    rest = compile_rules(DOCUMENTS | {term_list: {"terms": {}}}, SLOTS)
    monkeypatch.setattr(policy, "rules", lambda: rest)

    assert judged(text) is without


ONLY_BY_SLOT = {
    "acquaintance": "photo of a coworker in lingerie",
    "detail": "a minor detail, lingerie",
    "measure": "she is 5 feet tall, lingerie",
    "media": "photo of my wife in lingerie",
    "partner": "photo of my wife in lingerie",
    "person": "nudegirl",
    "possessive": "remove her clothes, child",
    "profession": "famous actress in lingerie",
    "relation": "my teacher in lingerie",
    "saying": "she is 13, lingerie",
    "thing": "lingerie and a 12 year old whisky",
}


@pytest.mark.parametrize("slot", SLOTS)
def test_a_result_changes_without_a_slot(slot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = judged(ONLY_BY_SLOT[slot])

    rest = compile_rules(DOCUMENTS, SLOTS | {slot: []})
    monkeypatch.setattr(policy, "rules", lambda: rest)

    assert judged(ONLY_BY_SLOT[slot]) is not before


def test_numbers_have_their_shape() -> None:
    numbers = Numbers.model_validate(read_list("numbers"))

    assert {value for value in numbers.cardinals.values() if value < 20} == set(range(20))
    assert set(numbers.ordinals.values()) == set(range(1, 18))
    assert [numbers.ordinals[f"{each}th"] for each in range(4, 18)] == list(range(4, 18))
    assert set(numbers.tens) == {word for word, value in numbers.cardinals.items() if value >= 20}
    for words in (numbers.cardinals, numbers.hundreds, numbers.ordinals, numbers.tens, numbers.units):
        assert list(words) == sorted(set(words))


def test_look_alikes_stand_for_one_letter_or_for_nothing() -> None:
    letters = read_list("look_alikes")
    chars = [char for chars in letters.values() for char in chars]

    assert list(letters) == ["", *"abcdefghijklmnopqrstuvwxyz"]
    assert len(chars) == len(set(chars))
    assert not any(char.isascii() for char in chars)
    assert all(chars == "".join(sorted(chars)) for chars in letters.values())


def test_every_look_alike_is_read_as_its_letter() -> None:
    for letter, chars in read_list("look_alikes").items():
        assert normalise(chars) == letter * len(chars)


def test_signs_stand_for_one_letter() -> None:
    signs = read_list("signs")

    assert list(signs) == sorted(signs)
    assert all(len(sign) == 1 and not sign.isalpha() for sign in signs)
    assert all(re.fullmatch("[a-z]", letter) for letter in signs.values())
