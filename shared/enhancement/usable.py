"""Whether a model's answer is a prompt to draw, and what remains of it then."""

from dataclasses import dataclass

from shared import content_policy
from shared.bounds import PROMPT_CHARACTERS
from shared.content_policy import ContentMode
from shared.enhancement import tokens
from shared.enhancement.checks import CHECKS
from shared.enhancement.cleaning import cleaned, has_chinese, repeats
from shared.job_types import Family
from shared.prompt_weights import terms, with_terms


class Unusable(Exception):
    """The model answered, but not with a prompt to draw. The message tells why and quotes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the model was to rewrite, for whom, and in which words it was told so."""

    prompt: str
    instructions: str
    reader: Family
    content_mode: ContentMode
    is_english: bool = True
    """Whether English was wanted: an answer in Chinese is none then, unless the prompt has Chinese too."""
    compel_weights: str | None = None
    """Terms that will be drawn with the prompt, for the content policy."""


@dataclass(frozen=True, slots=True)
class Usable:
    """``was_cut`` is true when its end had to go to stay within what its reader reads."""

    text: str
    was_cut: bool


def usable(answer: str, asked: Asked, *, is_broken_off: bool) -> Usable:
    """The prompt in the answer. ``is_broken_off``: the model was stopped by its limit. Raises ``Unusable``."""
    text = cleaned(answer)
    if text is None:
        raise Unusable("it holds no prompt")
    if repeats(asked.instructions, text, asked.prompt) or not _is_of_a_picture(text, asked):
        raise Unusable("it repeats its instructions")
    if asked.reader != "chat" and asked.is_english and has_chinese(text) and not has_chinese(asked.prompt):
        raise Unusable("it is in another language")
    short = tokens.cut(text, asked.reader)
    if is_broken_off and short == text:
        raise Unusable("it breaks off")
    if 2 * len(short) < len(asked.prompt.strip()):
        raise Unusable("it leaves out half of the prompt")
    if not is_allowed(short, asked.content_mode, asked.compel_weights):
        raise Unusable("it may not be drawn")
    return Usable(short, was_cut=short != text)


def is_allowed(text: str, content_mode: ContentMode, compel_weights: str | None) -> bool:
    """Whether a worker may be given the text: not too long for a prompt, and nothing the content policy refuses."""
    if len(text) > PROMPT_CHARACTERS:
        return False
    drawn = with_terms(text, terms(compel_weights))
    return content_policy.check(list(dict.fromkeys((text, drawn))), content_mode=content_mode) is None


def _is_of_a_picture(text: str, asked: Asked) -> bool:
    """Not said to or by a language model, as far as validate-enhancement-fix can tell."""
    return asked.reader == "chat" or CHECKS["no_instruction_text"](asked.prompt, text, asked.reader).passed
