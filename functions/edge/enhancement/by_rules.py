"""Without a model: an exact copy, a change of a picture, our own rules. The same wish gives the same text."""

from dataclasses import replace

from functions.edge.enhancement import result
from functions.edge.enhancement.result import Enhancement
from functions.edge.enhancement.wish import Wish
from functions.edge.prompts import rules
from shared.bounds import PROMPT_CHARACTERS
from shared.enhancement.usable import is_allowed


def without_model(wish: Wish, *, because: str | None = None) -> Enhancement:
    """``because`` says why a model that was asked for did not do it."""
    if wish.is_exact_copy:
        return result.kept(wish.prompt, strategy="skip_for_exact_copy", level=result.AS_ASKED)
    made = _changed(wish, wish.base_prompt) if wish.base_prompt else _by_rules(wish)
    if because is not None and made.level == result.AS_ASKED:
        made = replace(made, level=result.RULES, warnings=(f"{because}: the prompt was enhanced by rules.",))
    if not is_allowed(made.text, wish.content_mode, wish.compel_weights):
        return result.kept(wish.prompt, warnings=("No enhancement was found that may be drawn: the prompt is kept.",))
    return made


def _by_rules(wish: Wish) -> Enhancement:
    if wish.family == "chat" or wish.format == "text":
        return result.kept(wish.prompt, warnings=("There are no rules for a chat's text: the prompt is kept.",))
    enhanced = rules.enhance(
        wish.prompt,
        family=wish.family,
        format=wish.format,
        quality=wish.quality,
        content_mode=wish.content_mode,
        style=wish.style,
        language=wish.language,
    )
    return Enhancement(
        text=enhanced.text,
        source="edge_function",
        strategy="rules",
        template_name="rules",
        model_used="rules",
        was_cut=enhanced.was_cut,
    )


def _changed(wish: Wish, base: str) -> Enhancement:
    """The base prompt and then the change; where both are too long, the base loses words at its end."""
    change = wish.prompt.strip()
    room = PROMPT_CHARACTERS - len(change) - 2
    kept_base = base.strip()
    if len(kept_base) > room:
        kept_base = kept_base[:room].rpartition(" ")[0]
    return Enhancement(
        text=", ".join(part.strip(" ,") for part in (kept_base, change) if part.strip(" ,")),
        source="edge_function",
        strategy="reference_modify_with_prompt",
        template_name="modify_flow",
        model_used="none",
        was_cut=kept_base != base.strip(),
    )
