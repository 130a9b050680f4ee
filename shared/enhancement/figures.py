"""What can be measured of an enhanced prompt: the figures that the document of 2025-07-30 names, each computed."""

from dataclasses import dataclass
from typing import Final

from shared.enhancement.checks import CHECKS
from shared.enhancement.lists import read_list
from shared.enhancement.tokens import count_tokens
from shared.enhancement.vocabulary import plain, says
from shared.job_types import Family

_SIGNS: Final = (
    "has_quality_tags",
    "has_lighting",
    "has_technical_terms",
    "has_resolution",
    "has_anatomical_accuracy",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """``quality_score``, from 0 to 1, is the mean score of the six checks in ``checks.CHECKS``: the user's words are
    kept, something was added, it is within what its reader reads, it has that reader's form (phrases for SDXL,
    sentences for Wan), no instruction stands in it, nothing is said twice. It measures the text; nobody looks at a
    picture.

    ``sdxl_optimizations`` says for each kind of words whether the prompt has any (``lists/optimizations.json``), and
    the prompt's ``token_count`` by CLIP's own counting.
    """

    quality_score: float | None
    """``None`` for what a language model reads: the checks are of prompts for pictures."""
    sdxl_optimizations: dict[str, bool | int] | None
    """``None`` for another reader than SDXL."""


def figures(prompt: str, enhanced: str, reader: Family) -> Figures:
    """Of what was made of the prompt, for the model family that reads it."""
    if reader == "chat":
        return Figures(None, None)
    scores = [check(prompt, enhanced, reader).score for check in CHECKS.values()]
    return Figures(round(sum(scores) / len(scores), 3), _optimizations(enhanced) if reader == "sdxl" else None)


def _optimizations(enhanced: str) -> dict[str, bool | int]:
    text, terms = plain(enhanced), read_list("optimizations")
    return {**{sign: says(text, terms[sign]) for sign in _SIGNS}, "token_count": count_tokens(enhanced, "sdxl")}
