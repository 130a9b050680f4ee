"""The word lists made ready for matching, once a process."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import product
from typing import Any, Final

from shared.content_policy.inflection import plurals, verb_forms
from shared.content_policy.lists import read_list
from shared.content_policy.normalise import normalise
from shared.content_policy.spelling import Spellings
from shared.content_policy.words import NUMBER_SLOTS, number_words, words

Term = tuple[str, ...]
Slots = Mapping[str, list[str]]

_SLOT: Final = re.compile(r"\{(\w+)\}")


class TermList(StrEnum):
    """The lists of terms; each is a file of the ``lists`` package."""

    EXPLICIT = "explicit"
    SUGGESTIVE = "suggestive"
    MINORS = "minors"
    SEXUALISED_MINORS = "sexualised_minors"
    PEOPLE_AROUND = "people_around"
    PUBLIC_FIGURES = "public_figures"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Rules:
    terms: Mapping[Term, frozenset[TermList]]
    openings: frozenset[Term]
    """Every beginning of a longer term."""
    parts: Mapping[str, frozenset[TermList]]
    """What a word written of several is made of: single terms, and words for people, which are of no list."""
    spellings: Spellings


@cache
def rules() -> Rules:
    """The rules of the lists as they are shipped."""
    return compile_rules({term_list: read_list(term_list) for term_list in TermList}, read_list("slots"))


def compile_rules(documents: Mapping[TermList, Mapping[str, Any]], slots: Slots) -> Rules:
    """The rules of these lists (their shape: ``lists/__init__.py``)."""
    terms: dict[Term, frozenset[TermList]] = {}
    for term_list, document in documents.items():
        for term in _terms(document, slots):
            terms[term] = terms.get(term, frozenset()) | {term_list}
    vocabulary = frozenset(word for term in terms for word in term)
    single = {term[0]: lists for term, lists in terms.items() if len(term) == 1}
    ordinary = frozenset(word for word, lists in single.items() if TermList.HARMLESS in lists)
    people = {form: frozenset[TermList]() for word in slots["person"] for form in plurals(word)}
    return Rules(
        terms=terms,
        openings=frozenset(term[:length] for term in terms for length in range(1, len(term))),
        parts=people | {word: lists for word, lists in single.items() if word not in ordinary},
        spellings=Spellings(vocabulary | number_words(), ordinary),
    )


def _terms(document: Mapping[str, Any], slots: Slots) -> Iterator[Term]:
    for verb in document.get("verbs", []):
        yield from ((form,) for form in verb_forms(verb))
    for patterns in document["terms"].values():
        for pattern in patterns:
            for filled in _filled(pattern, slots):
                *head, last = (word for piece in filled.split(" ") for word in _words_of(piece))
                yield from ((*head, form) for form in plurals(last))
                if head and filled == pattern and filled.replace(" ", "").isalpha():
                    yield from ((form,) for form in plurals("".join([*head, last])))


def _filled(pattern: str, slots: Slots) -> Iterator[str]:
    """The pattern once for every choice of words in its slots. Number slots stay: they are matched as they are."""
    names = [name for name in _SLOT.findall(pattern) if name not in NUMBER_SLOTS]
    for choice in product(*(slots[name] for name in names)):
        filled = pattern
        for name, word in zip(names, choice, strict=True):
            filled = filled.replace(f"{{{name}}}", word, 1)
        yield filled


@lru_cache(maxsize=1024)
def _words_of(piece: str) -> Term:
    """A pattern's piece as a prompt's words are read; wildcards and number slots as they are."""
    return (piece,) if piece[0] in "*{" else tuple(words(normalise(piece)).texts)
