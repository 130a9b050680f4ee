"""What is refused, with the flag that the documents want on whatever is wrong with a reference."""

from functions.edge.errors import ApiError
from shared.bounds import REFERENCE_BYTES
from shared.errors import ErrorCode


def refusal(code: ErrorCode, message: str, details: str | None = None) -> ApiError:
    return ApiError(code, message, details, referenceImageError=True)


def too_large() -> ApiError:
    return refusal(ErrorCode.BODY_TOO_LARGE, f"The picture is larger than {REFERENCE_BYTES // 1024**2} MB.")
