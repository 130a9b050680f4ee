"""Which lists of terms a text draws from."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from shared.content_policy.lattice import Lattice, lattice
from shared.content_policy.normalise import normalise
from shared.content_policy.rules import Rules, Term, TermList
from shared.content_policy.words import words

_LONGEST_COMPOUND: Final = 48
_SHORTEST_COMPOUND: Final = 6

# A longer term speaks for the shorter ones inside it: "chicken breast", "nude statue", a name with a term in it.
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
    """The lists with a term in the text that no longer term speaks for. Time grows with the text's length alone."""
    plain = normalise(text)
    found = words(plain)
    edges = lattice(plain, found, rules.vocabulary.__contains__)
    hits = [*_terms(edges, rules), *_run_together(found.texts, rules)]
    for outranking, outranked in _OUTRANKED.items():
        reach = _reach(hits, outranking, len(found.texts))
        hits = [hit for hit in hits if hit.term_list not in outranked or hit.end > reach[hit.start]]
    return frozenset(hit.term_list for hit in hits)


def _terms(edges: Lattice, rules: Rules) -> Iterator[Hit]:
    for start in range(len(edges)):
        states: set[tuple[int, Term]] = {(start, ())}
        while states:
            following: set[tuple[int, Term]] = set()
            for position, read in states:
                steps = set(edges[position]) if position < len(edges) else set()
                if position < len(edges):
                    steps.add((position + 1, "*"))
                for end, word in steps:
                    term = (*read, word)
                    yield from (Hit(start, end, term_list) for term_list in rules.terms.get(term, ()))
                    if term in rules.openings:
                        following.add((end, term))
            states = following


def _run_together(texts: list[str], rules: Rules) -> Iterator[Hit]:
    """The lists of words that are made of listed words and nothing else."""
    for index, word in enumerate(texts):
        if _SHORTEST_COMPOUND <= len(word) <= _LONGEST_COMPOUND and word not in rules.vocabulary:
            yield from (Hit(index, index + 1, term_list) for term_list in _lists_of_parts(word, rules.parts))


def _lists_of_parts(word: str, parts: Mapping[str, frozenset[TermList]]) -> frozenset[TermList]:
    """The lists of the parts, the longest first part preferred; none when something is left over."""
    by_end: dict[int, frozenset[TermList]] = {0: frozenset()}
    for start in range(len(word)):
        if start in by_end:
            for end in range(start + 3, len(word) + 1):
                if word[start:end] in parts:
                    by_end[end] = by_end.get(end, frozenset()) | by_end[start] | parts[word[start:end]]
    return by_end.get(len(word), frozenset())


def _reach(hits: list[Hit], term_list: TermList, length: int) -> list[int]:
    """For each word, how far the terms of a list that begin there or before reach."""
    reach = [0] * length
    for hit in hits:
        if hit.term_list is term_list:
            reach[hit.start] = max(reach[hit.start], hit.end)
    for index in range(1, length):
        reach[index] = max(reach[index], reach[index - 1])
    return reach
