"""A text as a lattice: from each word, the listed words that may be read there and where each of them ends."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from shared.content_policy.spelling import Spellings
from shared.content_policy.words import Words, number_slots

Lattice = list[set[tuple[int, str]]]

_LONGEST_WORD: Final = 24
_SHORTEST_DISGUISED: Final = 3
_SHORT_PIECE: Final = 2
_FEWEST_PIECES: Final = 3
# From here on words are one or two signs by nature, and nobody spells them out.
_BEYOND_ALPHABETS: Final = "\u3000"
# What stands inside a word that was pulled apart: l-o-l-i, lo.li
_TIGHT: Final = re.compile(r"[^\w\s,;:!?()\[\]{}]{1,2}|_{1,2}")
_RUN: Final = re.compile(r"[^\s,;:.?()\[\]{}\-_/\\\"']+")
_AROUND_A_RUN: Final = "!+*"


def lattice(found: Words, spellings: Spellings) -> Lattice:
    """``lattice(...)[i]`` holds ``(j, word)`` when the words ``i`` to ``j`` (not included) may be read so.

    A number is read as the slots it fills besides.
    """
    edges: Lattice = [set() for _ in found.texts]
    for index, written in enumerate(found.texts):
        listed = spellings.listed(written)
        edges[index].update((index + 1, word) for word in listed)
        edges[index].update((index + 1, slot) for slot in number_slots(found, index, index + 1, [written, *listed]))
    for start, end, written in (*_pulled_apart(found), *_with_signs(found, spellings)):
        listed = [word for word in spellings.listed(written) if len(word) >= _SHORTEST_DISGUISED]
        edges[start].update((end, word) for word in listed)
        edges[start].update((end, slot) for slot in number_slots(found, start, end, listed))
    return edges


def _pulled_apart(found: Words) -> Iterator[tuple[int, int, str]]:
    """Neighbours with only a sign between them, and three or more very short ones however far apart."""
    for start, first in enumerate(found.texts):
        tight, short, written = True, _is_short(first), first
        for end in range(start + 1, len(found.texts)):
            tight = tight and _TIGHT.fullmatch(found.text, found.ends[end - 1], found.starts[end]) is not None
            short = short and _is_short(found.texts[end])
            written += found.texts[end]
            if not (tight or short) or len(written) > _LONGEST_WORD:
                break
            if tight or end - start + 1 >= _FEWEST_PIECES:
                yield start, end + 1, written


def _is_short(piece: str) -> bool:
    return len(piece) <= _SHORT_PIECE and piece < _BEYOND_ALPHABETS


def _with_signs(found: Words, spellings: Spellings) -> Iterator[tuple[int, int, str]]:
    """Runs with signs in place of letters, ``$3x`` and ``n*de``, and without those that may only stand around."""
    for match in _RUN.finditer(found.text):
        run = match[0].rstrip("!")
        if len(run) <= _LONGEST_WORD and spellings.has_sign(run):
            start, end = bisect_left(found.starts, match.start()), bisect_left(found.starts, match.end())
            if start < end:
                yield start, end, run
                yield start, end, run.strip(_AROUND_A_RUN)
