"""What an order asks to be drawn, in words and weights."""

from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared import prompt_weights
from shared.bounds import PROMPT_CHARACTERS
from shared.job_types import resolve
from shared.messages import JobOrder
from shared.prompt_weights import Fragment

LIGHT_LIMIT: Final = 20
"""How many parts of a prompt may weigh less than 1: each is a pass of its own through the text encoders."""


class Prompts(BaseModel):
    """``terms`` are those of ``compel_weights`` that are used. Only where ``weighted`` do brackets mean weights."""

    model_config = ConfigDict(frozen=True)

    prompt: Annotated[str, Field(min_length=1, max_length=PROMPT_CHARACTERS)]
    negative_prompt: Annotated[str | None, Field(max_length=PROMPT_CHARACTERS)]
    terms: tuple[Annotated[str, Field(max_length=PROMPT_CHARACTERS)], ...]
    weighted: bool

    @model_validator(mode="after")
    def _can_be_encoded(self) -> Self:
        if not any(fragment.text.strip() for fragment in self.positive):
            raise ValueError("the prompt has no words but brackets")
        if sum(fragment.weight < 1 for fragment in (*self.positive, *self.negative)) > LIGHT_LIMIT:
            raise ValueError(f"at most {LIGHT_LIMIT} parts of the prompts may weigh less than 1")
        return self

    @property
    def final(self) -> str:
        """The terms follow the prompt."""
        return prompt_weights.with_terms(self.prompt, self.terms)

    @property
    def positive(self) -> list[Fragment]:
        """Of the final prompt."""
        if not self.weighted:
            return [Fragment(self.final, 1.0)]
        return prompt_weights.parse(self.prompt, *(f", {term}" for term in self.terms))

    @property
    def negative(self) -> list[Fragment]:
        """Of the negative prompt; empty without one."""
        if not self.negative_prompt:
            return []
        return prompt_weights.parse(self.negative_prompt) if self.weighted else [Fragment(self.negative_prompt, 1.0)]

    def metadata(self) -> dict[str, Any]:
        """What became of the prompt's weights, under the names of the documents."""
        applied = any(fragment.weight != 1 and fragment.text.strip() for fragment in self.positive)
        return {
            "final_prompt": self.final,
            "compel_enabled": self.weighted,
            "compel_weights": ", ".join(self.terms) or None,
            "compel_success": applied,
            "enhancement_strategy": "compel" if applied else "none",
        }


def read_prompts(order: JobOrder) -> Prompts:
    """Raises pydantic's ``ValidationError``."""
    weighted = order.compel_enabled and has_weights(order)
    return Prompts(
        prompt=order.prompt,
        negative_prompt=order.negative_prompt or None,
        terms=tuple(prompt_weights.terms(order.compel_weights)) if weighted else (),
        weighted=weighted,
    )


def has_weights(order: JobOrder) -> bool:
    """Whether its model can weigh words; Wan reads plain text."""
    return resolve(order.type).family == "sdxl"


def weights_warnings(order: JobOrder) -> list[str]:
    """What of the weights had no effect, in sentences for the user."""
    if (order.compel_weights or order.compel_enabled) and not has_weights(order):
        return ["The prompt weights had no effect: this model reads plain text."]
    if order.compel_weights and not order.compel_enabled:
        return ["The prompt weights had no effect: compel_enabled was not set."]
    if prompt_weights.count(order.compel_weights) > prompt_weights.TERM_LIMIT:
        return [f"Only the first {prompt_weights.TERM_LIMIT} prompt weights were used."]
    return []
