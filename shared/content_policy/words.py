"""Where the words of a normalised text stand, and which numbers they are."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from shared.content_policy.lists import read_list

NUMBER_SLOTS: Final = frozenset({"age", "lone_age", "number", "ordinal", "school_age"})
_ADULT: Final = 18
# Smaller numbers count things: "she is one of three".
_SCHOOL_AGE: Final = 5

# Scripts without blanks between words: a word is one sign, but for Katakana, which is written in runs.
_SIGNS: Final = r"\u3041-\u309f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_KATAKANA: Final = r"\u30a0-\u30ff"
_LETTERS_FOR_DIGITS: Final = str.maketrans("oli", "011")
_WEIGHT: Final = re.compile(r":\s*\d(?:\.\d+)?\s*(?=[)\]>])")
_BETWEEN_NUMBERS: Final = re.compile(r"[\s-]+(?:and[\s-]+)?")
_CLAUSE_ENDS: Final = re.compile(r"\s*(?:[,;)\]\n]|\.(?!\d)|$)")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of ``text``; word ``i`` stands at ``starts[i]:ends[i]``."""

    text: str
    texts: list[str]
    starts: list[int]
    ends: list[int]


def words(text: str) -> Words:
    """Take a normalised text apart: ``12yo`` into ``12`` and ``yo``, ``(lamp:1.2)`` without its weight."""
    text = _WEIGHT.sub(" ", text)
    matches = list(_pattern().finditer(text))
    return Words(text, [match[0] for match in matches], [m.start() for m in matches], [m.end() for m in matches])


def number_slots(found: Words, start: int, end: int, readings: list[str]) -> set[str]:
    """The number slots that the words ``start`` to ``end`` fill, read in any of these ways: several for ``7``."""
    slots: set[str] = set()
    for reading in readings:
        if reading in _numbers()["ordinals"]:
            slots.add("{ordinal}")
        value = _value(reading)
        if value is None:
            continue
        slots.add("{number}")
        if value < _ADULT and not _ends_larger_number(found, start, value):
            slots.add("{age}")
            if value >= _SCHOOL_AGE:
                slots.add("{school_age}")
                if _CLAUSE_ENDS.match(found.text, found.ends[end - 1]):
                    slots.add("{lone_age}")
    return slots


def number_words() -> frozenset[str]:
    """Every number that is written in letters."""
    return frozenset(word for word in (*_numbers()["cardinals"], *_numbers()["ordinals"]) if word.isalpha())


def _value(word: str) -> int | None:
    """The number a word says, ``l2`` and ``1o`` read as the digits they look like."""
    if not (word[0].isdecimal() or word[-1].isdecimal()):
        value: int | None = _numbers()["cardinals"].get(word)
        return value
    digits = word.translate(_LETTERS_FOR_DIGITS)
    if not digits.isdecimal():
        return None
    return int(digits) if len(digits) <= 2 else _ADULT


def _ends_larger_number(found: Words, index: int, value: int) -> bool:
    """Whether the word ends a larger number: ``two`` in ``thirty-two`` and in ``hundred and two``."""
    before = index - 2 if index and found.texts[index - 1] == "and" else index - 1
    if before < 0 or not _BETWEEN_NUMBERS.fullmatch(found.text, found.ends[before], found.starts[index]):
        return False
    word = found.texts[before]
    return word in _numbers()["hundreds"] or (value < 10 and word in _numbers()["tens"])


@cache
def _numbers() -> dict[str, Any]:
    numbers: dict[str, Any] = read_list("numbers")
    return numbers


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(_numbers()["units"])
    number = r"(?:\d{1,3}|[li]\d|\d[lio])"
    return re.compile(rf"{number}(?=(?:{units})(?![^\W_]))|[{_SIGNS}]|[{_KATAKANA}]+|[^\W_{_SIGNS}{_KATAKANA}]+")
