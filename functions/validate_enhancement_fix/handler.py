"""HTTP in and out of validate-enhancement-fix: two texts in, scores out. It reads nobody's jobs."""

from fastapi import APIRouter

from functions.edge.auth import AdminCaller
from functions.validate_enhancement_fix.schema import (
    ValidateEnhancementRequest,
    ValidateEnhancementResponse,
    ValidationResult,
    phrase_of,
)
from shared.enhancement.checks import CHECKS, Verdict, keeps_phrase

router = APIRouter()


@router.post("/validate-enhancement-fix")
async def validate_enhancement_fix(
    request: ValidateEnhancementRequest,
    caller: AdminCaller,  # noqa: ARG001
) -> ValidateEnhancementResponse:
    """Every test case in the order given."""
    results = [
        ValidationResult(test_case=case, passed=verdict.passed, score=verdict.score, feedback=verdict.feedback)
        for case in request.cases
        for verdict in [_judge(case, request)]
    ]
    return ValidateEnhancementResponse(
        validation_results=results,
        overall_score=round(sum(result.score for result in results) / len(results), 3),
        passed=all(result.passed for result in results),
    )


def _judge(case: str, request: ValidateEnhancementRequest) -> Verdict:
    check = CHECKS.get(case)
    if check is not None:
        return check(request.original_prompt, request.enhanced_prompt, request.model_type)
    return keeps_phrase(phrase_of(case) or case, request.enhanced_prompt)
