"""A row of ``jobs`` as answers show it."""

from functions.edge.job_rows import public_row

SHOWN = {"id": "1", "status": "queued", "metadata": {"turn": 1}, "config": {}, "attempts": 2, "created_at": "now"}
HIDDEN = {
    "turn": 5,
    "handout": 1,
    "handed_out_at": None,
    "not_before": None,
    "failures": 0,
    "request_hash": "hash",
    "idempotency_key": "key",
    "expected_run_seconds": 25.0,
    "expected_seconds": 50.0,
}


def test_the_lifecycle_s_bookkeeping_is_left_out() -> None:
    assert public_row(SHOWN | HIDDEN) == SHOWN


def test_the_row_itself_is_not_changed() -> None:
    row = {**SHOWN, **HIDDEN}
    public_row(row)
    assert row == {**SHOWN, **HIDDEN}
