"""A better prompt without any model: the user's own words first and whole, then what they leave unsaid.

What the prompt says already is read (``reading``), and only the rest is added, in the form each model likes: phrases
between commas for SDXL, sentences for Wan (``lists/sdxl.json``, ``lists/wan.json``). ``manual`` completes the prompt
plainly, ``cinematic`` like a frame of a film, ``custom`` adds no style of ours at all, only clarity.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from functions.edge.prompts import scenes
from functions.edge.prompts.lists import read_list
from functions.edge.prompts.reading import Reading, read
from shared.bounds import PROMPT_CHARACTERS
from shared.enhancement import lists as shared_lists
from shared.enhancement.tokens import count_tokens, cut, token_limit
from shared.enhancement.vocabulary import plain

Style = Literal["manual", "cinematic", "custom"]
Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Enhanced:
    """The prompt, what the rules added to it in order, its tokens, and whether the user's own text had to be cut."""

    text: str
    added: tuple[str, ...]
    token_count: int
    was_cut: bool


def enhance(
    prompt: str,
    *,
    family: Literal["sdxl", "wan"],
    format: Literal["image", "video"],  # noqa: A002
    quality: Literal["fast", "high"],
    content_mode: Literal["sfw", "nsfw"],
    style: Style = "manual",
    language: Language = "en",
) -> Enhanced:
    """The same request gives the same text, within the model's token limit and a prompt's characters.

    The user's text is cut only when it alone is longer. ``language`` is that of the sentences for Wan; CLIP knows
    English alone.
    """
    own = prompt.strip()
    text = cut(own, family)
    was_cut = text != own
    added: list[str] = []
    if not was_cut:
        reading = _filled(prompt, style, content_mode)
        for addition in _additions(family, format, quality, style, reading, language):
            longer = _joined(text, addition, family)
            is_new = plain(addition) not in plain(text)
            if is_new and count_tokens(longer, family) <= token_limit(family) and len(longer) <= PROMPT_CHARACTERS:
                text = longer
                added.append(addition)
    return Enhanced(text, tuple(added), count_tokens(text, family), was_cut)


def _filled(prompt: str, style: Style, content_mode: str) -> Reading:
    """What the prompt says, and the medium that the rules choose where it leaves that open."""
    reading = read(prompt)
    said = set(reading.said)
    if reading.medium:
        said.add("medium")
    if reading.place:
        said.add("place")
    if scenes.detect(prompt).has_several_people:
        said.add("several")
    if content_mode == "nsfw" and scenes.is_explicit(prompt):
        said.add("explicit")
    medium = reading.medium
    if not medium and style != "custom":
        medium = "painting" if "fantastic" in said and "cinema" not in said else "photo"
    return replace(reading, medium=medium, said=frozenset(said))


def _additions(
    family: str, output: str, quality: str, style: Style, reading: Reading, language: Language
) -> Iterator[str]:
    document = read_list(family)
    parts = document["parts"][output] if family == "wan" else document["parts"]
    for part in parts[style][quality]:
        if reading.said.isdisjoint(document["unless"].get(part, ())):
            for addition in _first_fitting(document["rules"][part], reading, style):
                yield addition if isinstance(addition, str) else addition[language]


def _first_fitting(rules: list[dict[str, Any]], reading: Reading, style: Style) -> list[Any]:
    facts = {"medium": reading.medium, "subject": reading.subject, "place": reading.place, "style": style}
    for rule in rules:
        if (
            all(fact in rule.get(name, (fact,)) for name, fact in facts.items())
            and reading.said.issuperset(rule.get("with", ()))
            and reading.said.isdisjoint(rule.get("unless", ()))
        ):
            additions: list[Any] = rule["add"]
            return additions
    return []


def _joined(text: str, addition: str, family: str) -> str:
    marks = shared_lists.read_list("punctuation")
    text = text.rstrip(marks["clause_ends"] + " ")
    if family == "sdxl":
        # One full stop would stand before a comma; three are the user's.
        return f"{text if text.endswith('..') else text.removesuffix('.')}, {addition}"
    is_latin = text.isascii()
    if not text.endswith(tuple(marks["sentence_ends"])):
        text += "." if is_latin else marks["wide"][0]
    return f"{text} {addition}" if is_latin or addition.isascii() else text + addition
