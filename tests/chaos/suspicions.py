"""P4 as the wire saw it: who was heard that should not have been, and who was refused without need."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tests.chaos.records import Exchange, Records

Claims = dict[str, dict[int, tuple[int, datetime]]]
"""By job and attempt: the hand-out that was the latest and not yet claimed (0: none was), and when."""


async def found(owner: Any, users: Sequence[str], records: Records) -> list[str]:
    """One sentence for every answer that broke a rule."""
    rows = await owner.fetch(
        """
        select job_id::text, h.attempts, case when was_handed_out then h.handout else 0 end as handout, h.at
        from chaos.history h join public.jobs j on j.id = h.job_id
        where j.user_id = any ($1) and h.old_status = 'queued' and h.status = 'processing' order by h.id
        """,
        users,
    )
    claims: Claims = defaultdict(dict)
    for row in rows:
        # Taking a job back is no claim.
        claims[row["job_id"]].setdefault(row["attempts"], (row["handout"], row["at"]))
    return [*_of_attempts(records, claims), *_of_claims(records, claims), *_of_errors(records)]


def _of_attempts(records: Records, claims: Claims) -> Iterator[str]:
    for exchange in records.named("progress", "end"):
        call = exchange.call
        newer = [at for attempt, (_, at) in claims.get(call.job_id or "", {}).items() if attempt > (call.attempt or 0)]
        if exchange.is_heard and any(at < exchange.sent_at for at in newer):
            yield f"P4: {call.step} of attempt {call.attempt} was heard after a newer claim: {call.job_id}"
        if (
            exchange.code == "stale_attempt"
            and not any(at < exchange.answered_at for at in newer)
            and not _had_ended(exchange, records)
        ):
            yield f"{call.step} of attempt {call.attempt} was refused though no newer one exists: {call.job_id}"


def _had_ended(exchange: Exchange, records: Records) -> bool:
    """The attempt itself said its last word before; that may be this one's double."""
    ended = records.ends.get((exchange.call.job_id, exchange.call.attempt))
    return ended is not None and ended < (
        exchange.answered_at if exchange.call.step == "progress" else exchange.sent_at
    )


def _of_claims(records: Records, claims: Claims) -> Iterator[str]:
    granted: dict[tuple[str | None, int], str | None] = {}
    for exchange in records.named("claim"):
        if not exchange.is_heard:
            continue
        call, attempt = exchange.call, exchange.answer["attempt"]
        if granted.setdefault((call.job_id, attempt), call.claim_id) != call.claim_id:
            yield f"P4: two claims got attempt {attempt}: {call.job_id}"
        handout, _ = claims[call.job_id or ""][attempt]
        if handout != call.handout:
            yield f"P4: hand-out {call.handout} claimed when {handout} was to be had: {call.job_id}"


def _of_errors(records: Records) -> Iterator[str]:
    for exchange in records.exchanges:
        if exchange.call.upstream == "functions" and _is_surprising(exchange):
            yield f"{exchange.call.step} was answered {exchange.status}: {exchange.body[:300]!r}"


def _is_surprising(exchange: Exchange) -> bool:
    return exchange.status >= 400 and exchange.status not in (409, 502, 503, 504)
