"""A text as a lattice: from each word, the listed words that may be read there and where each of them ends."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

from shared.content_policy.spelling import is_sign, spellings
from shared.content_policy.words import Words, number_slots

Lattice = list[set[tuple[int, str]]]

_LONGEST_WORD: Final = 32
_SHORT_PIECE: Final = 2
_FEWEST_PIECES: Final = 3
# What stands inside a word that was pulled apart: l-o-l-i, lo.li
_TIGHT: Final = re.compile(r"[^\w\s,;:!?()\[\]{}]{1,2}|_{1,2}")
_RUN: Final = re.compile(r"[^\s,;:.?()\[\]{}\-_/\\\"']+")


def lattice(text: str, found: Words, is_listed: Callable[[str], bool]) -> Lattice:
    """``lattice(...)[i]`` holds ``(j, word)`` when the words ``i`` to ``j`` (not included) may be read as ``word``."""
    edges: Lattice = [set() for _ in found.texts]
    for start, end, written in (*_words(found), *_pulled_apart(text, found), *_with_signs(text, found)):
        edges[start].update((end, word) for word in spellings(written) if is_listed(word))
    for index in range(len(found.texts)):
        edges[index].update((index + 1, slot) for slot in number_slots(found.texts, index))
    return edges


def _words(found: Words) -> Iterator[tuple[int, int, str]]:
    return ((index, index + 1, word) for index, word in enumerate(found.texts))


def _pulled_apart(text: str, found: Words) -> Iterator[tuple[int, int, str]]:
    """Neighbours with only a sign between them, and three or more very short ones however far apart."""
    for start, first in enumerate(found.texts):
        tight, short, written = True, _is_short(first), first
        for end in range(start + 1, len(found.texts)):
            tight = tight and _TIGHT.fullmatch(text, found.ends[end - 1], found.starts[end]) is not None
            short = short and _is_short(found.texts[end])
            written += found.texts[end]
            if not (tight or short) or len(written) > _LONGEST_WORD:
                break
            if tight or end - start + 1 >= _FEWEST_PIECES:
                yield start, end + 1, written


def _is_short(piece: str) -> bool:
    return len(piece) <= _SHORT_PIECE and piece.isascii()


def _with_signs(text: str, found: Words) -> Iterator[tuple[int, int, str]]:
    """Runs with signs in place of letters: ``$3x``, ``n*de``. A last ``!``, ``+`` or ``*`` only ends the run."""
    for match in _RUN.finditer(text):
        run = match[0]
        if run.isalnum() or len(run) > _LONGEST_WORD or not any(map(is_sign, run)):
            continue
        start, end = bisect_left(found.starts, match.start()), bisect_left(found.starts, match.end())
        if start < end:
            yield start, end, run.strip("!+*")
