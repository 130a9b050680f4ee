"""Where the words of a normalised text stand, and which numbers they are."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from shared.content_policy.lists import read_list

NUMBER_SLOTS: Final = frozenset({"age", "number", "ordinal"})
ADULT: Final = 18

# Scripts without blanks between words: a word is one sign, but for Katakana, which is written in runs.
_SIGNS: Final = r"\u3041-\u309f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_KATAKANA: Final = r"\u30a0-\u30ff"


@dataclass(frozen=True, slots=True)
class Words:
    """``texts[i]`` stands at ``starts[i]:ends[i]`` of the text."""

    texts: list[str]
    starts: list[int]
    ends: list[int]


def words(text: str) -> Words:
    """Take a normalised text apart. A unit of age is a word of its own: ``12yo`` is ``12`` and ``yo``."""
    matches = list(_pattern().finditer(text))
    return Words([match[0] for match in matches], [match.start() for match in matches], [m.end() for m in matches])


def number_slots(texts: list[str], index: int) -> list[str]:
    """The number slots that a word fills: none for most, several for ``7``."""
    word = texts[index]
    numbers = _numbers()
    if word in numbers["ordinals"]:
        return ["{ordinal}"]
    value = numbers["cardinals"].get(word)
    if value is None:
        if not word[0].isdecimal() and not word[-1].isdecimal():
            return []
        digits = word.translate(_LETTERS_FOR_DIGITS)
        if not digits.isdecimal():
            return []
        value = int(digits) if len(digits) <= 2 else ADULT
    elif _counts_on(texts, index):
        return ["{number}"]
    return ["{age}", "{number}"] if value < ADULT else ["{number}"]


_LETTERS_FOR_DIGITS: Final = str.maketrans("oli", "011")


def _counts_on(texts: list[str], index: int) -> bool:
    """Whether the word is the end of a larger number: ``two`` in ``thirty-two`` and in ``hundred and two``."""
    before = index - 2 if index and texts[index - 1] == "and" else index - 1
    return before >= 0 and texts[before] in _numbers()["tens"]


@cache
def _numbers() -> dict[str, dict[str, int]]:
    numbers: dict[str, dict[str, int]] = read_list("numbers")
    return numbers


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(_numbers()["units"])
    return re.compile(
        rf"\d{{1,3}}(?=(?:{units})(?![^\W_]))|[{_SIGNS}]|[{_KATAKANA}]+|[^\W_{_SIGNS}{_KATAKANA}]+"
    )
