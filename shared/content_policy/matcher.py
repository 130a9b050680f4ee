"""Which lists of terms a text draws from."""

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Final, NamedTuple

from shared.content_policy.lattice import Lattice, lattice
from shared.content_policy.normalise import normalise
from shared.content_policy.rules import Rules, Term, TermList
from shared.content_policy.words import Words, words

_SHORTEST_PART: Final = 3
_LONGEST_RUN: Final = 48

# A longer term speaks for the shorter ones inside it: "chicken breast", "nude statue", a name with a term in it;
# but "nude, statue" is two things.
_BREAK: Final = re.compile(r"[,;:!?()\[\]{}|\n]|\.\s")
_OUTRANKED: Final[Mapping[TermList, frozenset[TermList]]] = {
    TermList.HARMLESS: frozenset(TermList) - {TermList.HARMLESS},
    TermList.SUGGESTIVE: frozenset({TermList.EXPLICIT}),
    TermList.PUBLIC_FIGURES: frozenset({TermList.EXPLICIT, TermList.SUGGESTIVE, TermList.MINORS}),
}


class Hit(NamedTuple):
    """A term of a list at the words ``start`` to ``end`` (not included)."""

    start: int
    end: int
    term_list: TermList


def lists_in(text: str, rules: Rules) -> frozenset[TermList]:
    """The lists with a term in the text that no longer term speaks for."""
    found = words(normalise(text))
    terms = list(_terms(lattice(found, rules.spellings), rules))
    hits = [*terms, *_run_together(found.texts, rules)]
    for outranking, outranked in _OUTRANKED.items():
        reach = _reach(terms, outranking, found)
        hits = [hit for hit in hits if hit.term_list not in outranked or hit.end > reach[hit.start]]
    return frozenset(hit.term_list for hit in hits)


def _terms(edges: Lattice, rules: Rules) -> Iterator[Hit]:
    """Every term that a way through the lattice spells."""
    for start, firsts in enumerate(edges):
        ways: set[tuple[int, Term]] = {(end, (word,)) for end, word in firsts}
        while ways:
            longer: set[tuple[int, Term]] = set()
            for end, term in ways:
                for term_list in rules.terms.get(term, ()):
                    yield Hit(start, end, term_list)
                if term in rules.openings and end < len(edges):
                    longer.add((end + 1, (*term, "*")))
                    longer.update((further, (*term, word)) for further, word in edges[end])
            ways = longer


def _run_together(texts: list[str], rules: Rules) -> Iterator[Hit]:
    """The lists of words that are made of listed words and nothing else: two words written as one."""
    for index, word in enumerate(texts):
        if 2 * _SHORTEST_PART <= len(word) <= _LONGEST_RUN:
            yield from (Hit(index, index + 1, term_list) for term_list in _lists_of_parts(word, rules.parts))


def _lists_of_parts(word: str, parts: Mapping[str, frozenset[TermList]]) -> frozenset[TermList]:
    """The lists of the word's parts; none when something is left over."""
    up_to: dict[int, frozenset[TermList]] = {0: frozenset()}
    for start in range(len(word)):
        if start in up_to:
            for end in range(start + _SHORTEST_PART, len(word) + 1):
                lists = parts.get(word[start:end])
                if lists is not None:
                    up_to[end] = up_to.get(end, frozenset()) | up_to[start] | lists
    return up_to.get(len(word), frozenset())


def _reach(terms: list[Hit], term_list: TermList, found: Words) -> list[int]:
    """For each word, how far the terms of a list reach that begin there or before and hold no break."""
    reach = [0] * len(found.texts)
    for hit in terms:
        begins, ends = found.starts[hit.start], found.ends[hit.end - 1]
        if hit.term_list is term_list and not _BREAK.search(found.text, begins, ends):
            reach[hit.start] = max(reach[hit.start], hit.end)
    return list(accumulate(reach, max))
