"""The two enumerations that the documents call ``enhancement_type``, and the model it may be asked with."""

from typing import Final, Literal, NamedTuple

from functions.edge.enhancement.wish import Model, Style

EnhancementType = Literal["manual", "cinematic", "custom", "base", "chat", "instruct_chat"]

_MODELS: Final[dict[EnhancementType, Model]] = {
    "base": "qwen_base",
    "chat": "qwen_instruct",
    "instruct_chat": "qwen_instruct",
}


class Choices(NamedTuple):
    model: Model
    style: Style
    one_turn: bool


def choices(enhancement_type: EnhancementType | None, model: Model | None) -> Choices:
    """``manual``, ``cinematic`` and ``custom`` are styles; the others name a model and how it is spoken to.

    ``chat`` puts the instructions into the user's turn, ``instruct_chat`` into a system turn. Raises ``ValueError``
    where type and model contradict each other.
    """
    wanted = _MODELS.get(enhancement_type) if enhancement_type is not None else None
    if wanted is not None and model not in (None, wanted):
        raise ValueError(f"{enhancement_type} is {wanted}, not {model}")
    style: Style = enhancement_type if enhancement_type in ("cinematic", "custom") else "manual"
    return Choices(wanted or model or "qwen_instruct", style, enhancement_type == "chat")
