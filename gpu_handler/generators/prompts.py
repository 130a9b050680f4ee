"""What an order asks to be drawn, in words and weights."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared import prompt_weights
from shared.bounds import PROMPT_CHARACTERS
from shared.messages import JobOrder
from shared.prompt_weights import Fragment


class Prompts(BaseModel):
    """``terms`` are those of ``compel_weights`` that are used. Only where ``weighted`` do brackets mean weights."""

    model_config = ConfigDict(frozen=True)

    prompt: Annotated[str, Field(min_length=1, max_length=PROMPT_CHARACTERS)]
    negative_prompt: Annotated[str | None, Field(max_length=PROMPT_CHARACTERS)]
    terms: tuple[Annotated[str, Field(max_length=PROMPT_CHARACTERS)], ...]
    weighted: bool

    @property
    def final(self) -> str:
        """The terms follow the prompt."""
        return ", ".join((self.prompt, *self.terms))

    def fragments(self, text: str) -> list[Fragment]:
        return prompt_weights.parse(text) if self.weighted else [Fragment(text, 1.0)]

    def metadata(self) -> dict[str, Any]:
        """What became of the weights, under the names of the documents."""
        texts = (self.final, self.negative_prompt or "")
        applied = any(fragment.weight != 1 for text in texts for fragment in self.fragments(text))
        return {
            "final_prompt": self.final,
            "compel_enabled": self.weighted,
            "compel_weights": ", ".join(self.terms) or None,
            "compel_success": applied,
            "enhancement_strategy": "compel" if applied else "none",
        }


def read_prompts(order: JobOrder) -> Prompts:
    """Raises pydantic's ``ValidationError``."""
    return Prompts(
        prompt=order.prompt,
        negative_prompt=order.negative_prompt or None,
        terms=tuple(prompt_weights.terms(order.compel_weights or "")) if order.compel_enabled else (),
        weighted=order.compel_enabled,
    )


def weights_warnings(order: JobOrder) -> list[str]:
    """What of the weights had no effect, in sentences for the user."""
    if order.compel_weights and not order.compel_enabled:
        return ["The prompt weights had no effect: compel_enabled was not set."]
    if prompt_weights.count(order.compel_weights or "") > prompt_weights.TERM_LIMIT:
        return [f"Only the first {prompt_weights.TERM_LIMIT} prompt weights were used."]
    return []
