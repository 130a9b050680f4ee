"""Request and response of validate-enhancement-fix."""

import re
from typing import Annotated, Final, Literal

from pydantic import AliasChoices, Field, field_validator

from functions.edge.schema import RequestModel, ResponseModel
from shared.enhancement.checks import CHECKS

CASES_LIMIT: Final = 20
_KEEPS: Final = re.compile(r"keeps:\s*(.+)|\"(.+)\"|'(.+)'|(.+\s.+)", re.DOTALL)

# Longer than any prompt may be: the checks tell by how much.
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Case = Annotated[str, Field(min_length=1, max_length=200)]


class ValidateEnhancementRequest(RequestModel):
    """``test_cases`` are names of checks, all of them when none is given, or phrases that must survive.

    A phrase is ``keeps: blue car``, ``"car"`` in quotes, or any text of several words. One word without quotes is a
    check, and an unknown one is refused.
    """

    original_prompt: Text = Field(validation_alias=AliasChoices("original_prompt", "originalPrompt"))
    enhanced_prompt: Text = Field(validation_alias=AliasChoices("enhanced_prompt", "enhancedPrompt"))
    test_cases: Annotated[list[Case], Field(max_length=CASES_LIMIT)] = Field(
        default_factory=list, validation_alias=AliasChoices("test_cases", "testCases")
    )
    model_type: Literal["sdxl", "wan"] = Field(default="sdxl", validation_alias=AliasChoices("model_type", "modelType"))

    @field_validator("test_cases")
    @classmethod
    def _check_cases(cls, cases: list[str]) -> list[str]:
        if any(case not in CHECKS and phrase_of(case) is None for case in cases):
            raise ValueError(f'each is one of {", ".join(CHECKS)}, or a phrase: "in quotes", or keeps: phrase')
        return cases

    @property
    def cases(self) -> list[str]:
        return self.test_cases or list(CHECKS)


def phrase_of(case: str) -> str | None:
    """The phrase that a test case says must survive; ``None`` when it can only be a check's name."""
    match = _KEEPS.fullmatch(case.strip())
    return next((phrase.strip() for phrase in match.groups() if phrase), None) if match else None


class ValidationResult(ResponseModel):
    """``score`` is 0 to 1."""

    test_case: str
    passed: bool
    score: float
    feedback: str


class ValidateEnhancementResponse(ResponseModel):
    """``overall_score`` is the mean of the scores; ``passed``: every test case did."""

    success: Literal[True] = True
    validation_results: list[ValidationResult]
    overall_score: float
    passed: bool
