"""Automatic negative prompts: which groups of them a prompt wants, and how they join the user's own."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from functions.edge.prompts import scenes
from functions.edge.prompts.lists import read_list
from functions.edge.prompts.reading import medium_of
from shared.bounds import PROMPT_CHARACTERS
from shared.enhancement.vocabulary import plain, says

GROUPS: Final = {
    1: "critical_quality",
    2: "anatomical_accuracy",
    3: "technical_artifacts",
    4: "style_prevention",
    5: "multi_party_scene",
    6: "position_accuracy",
    7: "nsfw_anatomical",
}
"""The priority groups of the July 16 document, by number."""

_ALWAYS: Final = (1, 2, 3)
_STYLE: Final = 4
_SEVERAL_PEOPLE: Final = 5
_POSITION: Final = 6
_ADULT_ANATOMY: Final = 7


def wanted_groups(prompt: str, content_mode: Literal["sfw", "nsfw"]) -> tuple[int, ...]:
    """The priority groups (1 to 7, of ``negative_prompts``) that serve this prompt, in order.

    1 to 3 always; 4 unless the prompt asks for anything but a photograph; 5 for several people; 6 for poses, and for
    explicit prompts where they are allowed; 7 in ``nsfw``.
    """
    scene = scenes.detect(prompt)
    is_adult = content_mode == "nsfw"
    wanted = {
        _STYLE: medium_of(prompt) in ("", "photo"),
        _SEVERAL_PEOPLE: scene.has_several_people,
        _POSITION: scene.has_pose or (is_adult and scenes.is_explicit(prompt)),
        _ADULT_ANATOMY: is_adult,
    }
    return (*_ALWAYS, *(group for group, is_wanted in wanted.items() if is_wanted))


def groups_in(text: str, rows: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    """The groups of the rows that the text has a term of."""
    terms = set(_terms(text))
    return tuple(
        sorted({row["priority_group"] for row in rows if not terms.isdisjoint(_terms(row["negative_prompt"]))})
    )


def compose(own: str | None, groups: Iterable[Mapping[str, Any]], prompt: str = "") -> str:
    """The user's own text first and whole, then the terms of the rows (``negative_prompt``), none twice.

    Left out is what the prompt itself asks for, and what would make the text longer than a negative prompt may be.
    """
    own = (own or "").strip()
    text = own
    known = set(_terms(own))
    asked = plain(prompt)
    is_mixed = scenes.detect(prompt).is_mixed
    words = read_list("negatives")
    for term in (term.strip() for row in groups for term in row["negative_prompt"].split(",")):
        name = plain(term)
        is_asked_for = says(asked, (name, *words["asked_by"].get(name, ())))
        if not name or name in known or is_asked_for or (name in words["mixed_only"] and not is_mixed):
            continue
        longer = f"{text}, {term}" if text else term
        if len(longer) <= PROMPT_CHARACTERS:
            text = longer
            known.add(name)
    return text


def _terms(text: str) -> list[str]:
    return [plain(term) for term in text.split(",")]
