"""Who is in a scene and what they do, as far as an automatic negative prompt needs to know."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from functions.edge.prompts.lists import read_list
from functions.edge.prompts.reading import read
from shared.content_policy.matcher import lists_in
from shared.content_policy.rules import TermList, rules
from shared.enhancement.vocabulary import plain, says, spans, without

_COUNTED: Final = re.compile(
    r"(?:^|[^\w.])(?:[2-9]|[1-9]\d+|two|three|four|five|six|seven|eight|nine|ten|several|many|multiple|both"
    r"|groups? of|pair of)(?: [a-z-]+)? $"
)
# A man with a woman's hat is alone.
_POSSESSIVES: Final = re.compile(r"(?<!\w)\w+'s?(?!\w)")
_NEAR: Final = 40
"""Characters between two people who are together: "a man in a grey coat and a woman"."""


@dataclass(frozen=True, slots=True)
class Scene:
    """``is_mixed``: women and men are in it. ``has_pose``: people whose bodies do something to go wrong."""

    has_people: bool
    has_several_people: bool
    is_mixed: bool
    has_pose: bool


@lru_cache(maxsize=16)
def detect(prompt: str) -> Scene:
    """Read off the prompt's words; a group of animals is no group of people."""
    words = read_list("scenes")
    text = _POSSESSIVES.sub(";", without(plain(prompt), read_list("aspects")["ignored"]))
    women, men = says(text, words["female"]), says(text, words["male"])
    several = says(text, words["several"]) or _are_counted(text) or _are_joined(text)
    is_pair = says(text, words["pairs"])
    subject = read(prompt).subject
    has_people = women or men or several or subject == "person"
    return Scene(
        has_people=has_people,
        has_several_people=several or (women and men),
        is_mixed=(women and men) or (is_pair and not women and not men and not says(text, words["one_gender"])),
        # "Yoga at dawn" names nobody; a bird that sits does.
        has_pose=says(text, words["poses"]) and (has_people or subject == ""),
    )


def is_explicit(prompt: str) -> bool:
    """Whether the content policy's list of explicit terms knows a word of it."""
    return TermList.EXPLICIT in lists_in(prompt, rules())


def _are_counted(text: str) -> bool:
    people = read_list("subjects")["things"]["person"]
    return any(_COUNTED.search(text[:start]) for start, _ in spans(text, people))


def _are_joined(text: str) -> bool:
    joins = read_list("scenes")["joins"]
    people = spans(text, read_list("subjects")["things"]["person"])
    between = (text[end:start] for (_, end), (start, _) in pairwise(people))
    return any(len(words) <= _NEAR and says(words, joins) for words in between)
