"""The word lists made ready for matching, once a process."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Any

from shared.content_policy.inflection import plurals, verb_forms
from shared.content_policy.lists import read_list
from shared.content_policy.words import NUMBER_SLOTS, words

Term = tuple[str, ...]

_SLOT = re.compile(r"\{(\w+)\}")


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
    """Every beginning of a term of several words."""
    vocabulary: frozenset[str]
    """Every word of every term."""
    parts: Mapping[str, frozenset[TermList]]
    """Words that a run-together word may be made of; the people among them belong to no list."""


@cache
def rules() -> Rules:
    return compile_rules({term_list: read_list(term_list) for term_list in TermList}, read_list("slots"))


def compile_rules(documents: Mapping[TermList, Mapping[str, Any]], slots: Mapping[str, list[str]]) -> Rules:
    terms: dict[Term, frozenset[TermList]] = {}
    for term_list, document in documents.items():
        for term in _terms(document, slots):
            terms[term] = terms.get(term, frozenset()) | {term_list}
    single = {term[0]: lists for term, lists in terms.items() if len(term) == 1}
    return Rules(
        terms=terms,
        openings=frozenset(term[:length] for term in terms for length in range(1, len(term))),
        vocabulary=frozenset(word for term in terms for word in term),
        parts={
            **{form: frozenset() for word in slots["person"] for form in plurals(word)},
            **{word: lists for word, lists in single.items() if TermList.HARMLESS not in lists},
        },
    )


def _terms(document: Mapping[str, Any], slots: Mapping[str, list[str]]) -> Iterator[Term]:
    for verb in document.get("verbs", []):
        yield from ((form,) for form in verb_forms(verb))
    for patterns in document["terms"].values():
        for pattern in patterns:
            for text in _filled(pattern, slots):
                *head, last = _words_of(text)
                for form in plurals(last):
                    yield (*head, form)
                    if head and "".join(head).isalpha() and form.isalpha():
                        yield ("".join(head) + form,)


def _filled(pattern: str, slots: Mapping[str, list[str]]) -> Iterator[str]:
    """The pattern once for every choice of words in its slots; number slots stay, they are matched as they are."""
    names = [name for name in _SLOT.findall(pattern) if name not in NUMBER_SLOTS]
    for choice in product(*(slots[name] for name in names)):
        text = pattern
        for name, word in zip(names, choice, strict=True):
            text = text.replace(f"{{{name}}}", word, 1)
        yield text


def _words_of(text: str) -> list[str]:
    """A pattern's words as a prompt's are read, its wildcards and number slots as they are."""
    return [
        word for piece in text.split(" ") for word in ([piece] if piece[0] in "*{" else words(piece).texts)
    ]
