"""The ways a word is written to be read by people and missed by lists."""

import re
from collections import defaultdict
from collections.abc import Iterable, Set
from typing import Final

from shared.content_policy.lists import read_list

_REPEATED: Final = re.compile(r"(.)\1+")
_RUNS: Final = re.compile(r"((.)\2*)")
_VOWELS: Final = "aeiou"
_ANY_VOWEL: Final = "*"


class Spellings:
    """Finds the listed words that a written word may stand for.

    ``vocabulary`` holds every listed word, ``ordinary`` those of them that are never a disguise of another. A
    look-up costs the same however many signs stand for letters.
    """

    def __init__(self, vocabulary: Set[str], ordinary: Set[str]) -> None:
        signs: dict[str, str] = read_list("signs")
        # "1" is written for "i" and for "l", so both are one letter where signs are read; "*" is any vowel.
        letters = signs | {"i": signs["1"]}
        consonants = {sign: _ANY_VOWEL if letter in _VOWELS else letter for sign, letter in signs.items()}
        disguised = vocabulary - ordinary
        self._vocabulary = vocabulary
        self._plain = _Index(disguised, {})
        self._signed = _Index(disguised, letters)
        self._starred = _Index(disguised, consonants | dict.fromkeys(_VOWELS, _ANY_VOWEL))
        self._signs = frozenset(sign for sign in (*signs, _ANY_VOWEL) if not sign.isalnum())

    def listed(self, written: str) -> list[str]:
        """The listed words for a word as it is written: ``tits`` for ``t1tsss``."""
        if written in self._vocabulary:
            return [written]
        if written.isalpha():
            return self._plain.find(written)
        if not any(map(str.isalpha, written)):
            return []
        return (self._starred if _ANY_VOWEL in written else self._signed).find(written)

    def has_sign(self, run: str) -> bool:
        """Whether a character of the run is written for a letter and is neither letter nor digit itself."""
        return not self._signs.isdisjoint(run)


class _Index:
    """Words by what is left of them when some characters are read as others and no letter is repeated."""

    def __init__(self, vocabulary: Iterable[str], read_as: dict[str, str]) -> None:
        self._table = str.maketrans(read_as)
        self._words: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for word in vocabulary:
            read = word.translate(self._table)
            self._words[_without_repeats(read)].append((word, read))

    def find(self, written: str) -> list[str]:
        read = written.translate(self._table)
        candidates = self._words.get(_without_repeats(read), ())
        return [word for word, letters in candidates if _is_stretched(read, letters)]


def _without_repeats(word: str) -> str:
    return _REPEATED.sub(r"\1", word)


def _is_stretched(written: str, word: str) -> bool:
    """Whether ``written`` is ``word`` with some letters repeated; both are the same without repeats.

    A letter merely doubled in a short word makes another word: ``soon`` is no ``son``.
    """
    return all(
        len(run) == len(letter) or (len(run) > len(letter) and (len(run) > 2 or len(written) > 4))
        for (run, _), (letter, _) in zip(_RUNS.findall(written), _RUNS.findall(word), strict=True)
    )
