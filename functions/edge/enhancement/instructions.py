"""What a model is told."""

from typing import Any, Final

from functions.edge.enhancement.wish import Wish
from shared.conversation import ChatRequest, ChatTurn
from shared.enhancement import tokens
from shared.worker_messages import EnhanceRequest

TOKENS: Final = (64, 512)
"""The shortest and the longest answer that a model is given room for."""

_STYLES: Final = {
    "manual": "",
    "cinematic": "Tell it as a shot of a film: framing, lens, light, movement.",
    "custom": "Add no style of your own: keep to the one the user names.",
}
_QUALITIES: Final = {"fast": "Be brief.", "high": "Use all the length there is."}
_LANGUAGES: Final = {"en": "Write in English.", "zh": "Write in simplified Chinese."}
_USE_CASES: Final = {
    "enhancement": "",
    "chat": "It will be said to an assistant: tell what is wanted, with what for, as one clear message.",
    "roleplay": "It will be said to a character in a story: tell it as an action and words of the player.",
}
_ANSWER: Final = "Answer with the rewritten prompt alone, without a heading, quotation marks or remarks."


def instructions(wish: Wish, template: dict[str, Any] | None) -> str:
    """The template's words, or the caller's own, and then what this wish adds to them."""
    language = "" if wish.family == "chat" else _LANGUAGES[wish.language]
    if wish.instructions is not None:
        return _lines(wish.instructions, language, _ANSWER)
    assert template is not None
    return _lines(
        template["system_prompt"],
        _USE_CASES[wish.use_case],
        _STYLES[wish.style],
        _QUALITIES[wish.quality],
        language,
    )


def chat_request(wish: Wish, said: str, template: dict[str, Any] | None) -> ChatRequest:
    """Room for twice the tokens that the reader takes, for two models count differently."""
    shortest, longest = TOKENS
    limit = template["token_limit"] if template else tokens.token_limit(wish.family)
    if wish.one_turn:
        turns = [ChatTurn(role="user", content=f"{said}\n\nThe prompt:\n{wish.prompt}")]
    else:
        turns = [ChatTurn(role="system", content=said), ChatTurn(role="user", content=wish.prompt)]
    most = min(longest, max(shortest, 2 * limit))
    return ChatRequest(messages=turns, max_tokens=most, content_mode=wish.content_mode)


def enhance_request(wish: Wish, said: str, template: dict[str, Any] | None) -> EnhanceRequest:
    """What a chat worker is asked over HTTP."""
    asked = chat_request(wish, said, template)
    return EnhanceRequest(**dict(asked), prompt=wish.prompt, reader=wish.family)


def _lines(*parts: str) -> str:
    return "\n".join(filter(None, parts))
