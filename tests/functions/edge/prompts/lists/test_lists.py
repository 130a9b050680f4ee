"""The lists are well-formed: a term that can never match helps nobody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import functions.edge.prompts.lists
from functions.edge.prompts.lists import read_list
from shared.enhancement.vocabulary import plain

NAMES = sorted(path.stem for path in Path(functions.edge.prompts.lists.__file__).parent.glob("*.json"))
WORD_LISTS = ("aspects", "subjects", "scenes", "negatives")


def term_lists(value: Any) -> Iterator[list[str]]:
    if isinstance(value, dict):
        for item in value.values():
            yield from term_lists(item)
    elif isinstance(value, list):
        yield value


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is(name: str) -> None:
    assert read_list(name)["about"].endswith(".")


@pytest.mark.parametrize("name", WORD_LISTS)
def test_terms_are_as_a_prompt_is_read_and_stand_once(name: str) -> None:
    for terms in term_lists(read_list(name)):
        assert len(set(terms)) == len(terms), sorted({term for term in terms if terms.count(term) > 1})
        assert [term for term in terms if plain(term.removesuffix("*")) != term.removesuffix("*")] == []
