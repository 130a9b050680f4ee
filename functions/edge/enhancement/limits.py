"""What an enhanced prompt may be, whoever wrote it."""

from functions.edge.enhancement.wish import Wish
from shared import content_policy
from shared.bounds import PROMPT_CHARACTERS
from shared.prompt_weights import terms, with_terms


def is_allowed(text: str, wish: Wish) -> bool:
    """Whether a worker may be given the text: not too long for a prompt, and nothing the content policy refuses."""
    if len(text) > PROMPT_CHARACTERS:
        return False
    drawn = with_terms(text, terms(wish.compel_weights))
    return content_policy.check(list(dict.fromkeys((text, drawn))), content_mode=wish.content_mode) is None
