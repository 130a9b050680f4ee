"""The three rules."""

from collections.abc import Iterable
from typing import Final, Literal

from shared.content_policy.matcher import lists_in
from shared.content_policy.refusal import REFUSALS, Reason, Refusal
from shared.content_policy.rules import TermList, rules
from shared.prompt_weights import readings

ContentMode = Literal["sfw", "nsfw"]

_SEXUAL: Final = {TermList.EXPLICIT, TermList.SUGGESTIVE}
_REAL_PERSON: Final = {TermList.PEOPLE_AROUND, TermList.PUBLIC_FIGURES}


def check(texts: Iterable[str], *, content_mode: ContentMode) -> Refusal | None:
    """Judge every text of one request (prompt, system prompt, the user's context); ``None`` when it may be made.

    The texts are read singly and as one scene, so a rule's two halves may stand in different texts. Negative
    prompts are not passed: they name what is *not* wanted. Any mode but ``nsfw`` counts as ``sfw``.
    """
    if isinstance(texts, str):
        raise TypeError("texts is one string: pass a list of texts")
    scenes: list[str] = []
    # Weights' brackets may stand within words and hide others. Each way of reading is judged on its own.
    for same_reading in zip(*map(readings, texts), strict=True):
        scenes.extend(same_reading)
        if len(same_reading) > 1:
            scenes.append("\n".join(same_reading))
    found = {term_list for scene in dict.fromkeys(scenes) for term_list in lists_in(scene, rules())}

    sexual = bool(found & _SEXUAL)
    if TermList.SEXUALISED_MINORS in found or (sexual and TermList.MINORS in found):
        return REFUSALS[Reason.SEXUAL_MINORS]
    if sexual and found & _REAL_PERSON:
        return REFUSALS[Reason.SEXUAL_REAL_PERSON]
    if content_mode != "nsfw" and TermList.EXPLICIT in found:
        return REFUSALS[Reason.EXPLICIT_IN_SFW]
    return None
