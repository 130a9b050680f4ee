"""What a prompt says already: its medium, its subject, its place, and which aspects it names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from functions.edge.prompts.lists import read_list
from shared.enhancement import lists as shared_lists
from shared.enhancement.vocabulary import plain, says, spans, without

_BRACKETS: Final = "()[]|:"


@dataclass(frozen=True, slots=True)
class Reading:
    """``medium``, ``subject`` and ``place`` are keys of ``aspects`` and ``subjects``, empty where nothing is said."""

    medium: str
    subject: str
    place: str
    said: frozenset[str]


# One request asks several times.
@lru_cache(maxsize=16)
def read(prompt: str) -> Reading:
    """Read a prompt of any language; what its words do not tell stays open."""
    aspects = read_list("aspects")
    text = without(plain(prompt), aspects["ignored"])
    return Reading(
        medium=medium_of(prompt),
        subject=_subject(text),
        place=next((name for name, terms in aspects["places"].items() if says(text, terms)), ""),
        said=frozenset(name for name, terms in aspects["said"].items() if says(text, terms)),
    )


def medium_of(prompt: str) -> str:
    """How the picture is to be made: ``photo`` only where nothing else is named, empty where nothing is."""
    aspects = read_list("aspects")
    text = without(plain(prompt), aspects["ignored"])
    first = {
        name: min((start for start, _ in spans(text, terms)), default=-1) for name, terms in aspects["media"].items()
    }
    named = {name: start for name, start in first.items() if start >= 0}
    made_by_hand = {name: start for name, start in named.items() if name != "photo"}
    found = made_by_hand or named
    return min(found, key=lambda name: found[name]) if found else ""


def _subject(text: str) -> str:
    """Of the first phrase that names one; who and what before where."""
    subjects = read_list("subjects")
    phrases = [_head(phrase, subjects["head_ends"]) for phrase in _clauses().split(text)]
    for kinds in (subjects["things"], subjects["places"]):
        for phrase in phrases:
            kind = _first_kind(phrase, kinds)
            if kind:
                return kind
    return _first_kind(text, subjects["places"])


@cache
def _clauses() -> re.Pattern[str]:
    marks = shared_lists.read_list("punctuation")
    return re.compile(f"[{re.escape(marks['sentence_ends'] + marks['clause_ends'] + _BRACKETS)}]+")


def _head(phrase: str, head_ends: list[str]) -> str:
    """The phrase up to where it tells of something else than its subject."""
    end = next((start for start, _ in spans(phrase, head_ends) if start > 0), len(phrase))
    return phrase[:end]


def _first_kind(phrase: str, kinds: Mapping[str, Any]) -> str:
    """The kind of the first thing named; of several in a row the last, which the others describe: a toy car."""
    found = sorted((*span, kind) for kind, terms in kinds.items() for span in spans(phrase, terms))
    if not found:
        return ""
    _, end, kind = found[0]
    for next_start, next_end, next_kind in found[1:]:
        if phrase[end:next_start] == " ":
            end, kind = next_end, next_kind
    return str(kind)
