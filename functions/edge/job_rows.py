"""A row of ``jobs`` as answers show it."""

from typing import Any, Final

_BOOKKEEPING: Final = frozenset(
    {
        "turn",
        "handout",
        "handed_out_at",
        "not_before",
        "failures",
        "request_hash",
        "idempotency_key",
        "expected_run_seconds",
        "expected_seconds",
    }
)


def public_row(job: dict[str, Any]) -> dict[str, Any]:
    """Without what only the lifecycle itself needs."""
    return {name: value for name, value in job.items() if name not in _BOOKKEEPING}
