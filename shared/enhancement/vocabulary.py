"""Finding the words of a list in a prompt."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

_GAPS: Final = re.compile(r"[\s_]+")
# Letters of scripts that put no blanks between words do not lengthen a Latin word: "3D渲染".
_WORD: Final = "a-zß-ÿ0-9"
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def plain(prompt: str) -> str:
    """In lower case, with single blanks, underscores among them."""
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", prompt).casefold().replace("\u2019", "'")).strip()


def says(text: str, terms: Iterable[str]) -> bool:
    """Whether the plain text holds one of the terms."""
    return _pattern(tuple(terms)).search(text) is not None


def spans(text: str, terms: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where the terms stand in the plain text, from its beginning, the longest at each place."""
    for match in _pattern(tuple(terms)).finditer(text):
        yield match.span()


def without(text: str, terms: Iterable[str]) -> str:
    """The plain text with a semicolon in the place of each term, so that its neighbours do not come together."""
    return _pattern(tuple(terms)).sub(";", text)


@lru_cache(maxsize=1024)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(terms, key=len, reverse=True)
    words = "|".join(map(_written, (term for term in longest_first if not _HAN.search(term))))
    signs = "|".join(map(re.escape, (term for term in longest_first if _HAN.search(term))))
    whole_words = rf"(?<![{_WORD}])(?:{words})(?![{_WORD}])" if words else ""
    return re.compile("|".join(filter(None, (whole_words, signs))) or "(?!)")


def _written(term: str) -> str:
    stem = term.removesuffix("*")
    # "close up", "close-up", "f/1.8".
    pattern = re.escape(plain(stem)).replace(r"\ ", r"[ \-./]+")
    if stem != term:
        return rf"{pattern}[{_WORD}]*"
    return rf"{pattern}(?:e?s)?" if stem[-1].isalpha() else pattern
