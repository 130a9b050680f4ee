"""The ways a word is written to be read by people and missed by lists."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from typing import Final

from shared.content_policy.lists import read_list

_MOST_SPELLINGS: Final = 128
_REPEATED: Final = re.compile(r"(.)\1+")
_REPEATED_OFTEN: Final = re.compile(r"(.)\1{2,}")


def spellings(word: str) -> Iterator[str]:
    """The word itself, then what it may stand for: signs and digits as letters, letters repeated for length.

    Of ``t1iits``: ``tiits``, ``tits``, ``tliits`` and more. The shortest of repeated letters comes last, because
    it is furthest from what was written.
    """
    for letters in _as_letters(word):
        yield letters
        if _REPEATED.search(letters):
            yield _REPEATED_OFTEN.sub(r"\1\1", letters)
            yield _REPEATED_OFTEN.sub(r"\1", letters)
            if len(letters) > 4:
                yield _REPEATED.sub(r"\1", letters)


def is_sign(char: str) -> bool:
    """Whether the character is written for a letter and is no letter or digit itself."""
    return not char.isalnum() and char in _signs()


def _as_letters(word: str) -> Iterator[str]:
    yield word
    if word.isalpha() or not any(char.isalpha() for char in word):
        return
    options = [_signs().get(char, char) for char in word]
    for letters in islice(product(*options), _MOST_SPELLINGS):
        yield "".join(letters)


@cache
def _signs() -> dict[str, str]:
    signs: dict[str, str] = read_list("signs")
    return signs
