"""The pictures that a claimed job refers to, with URLs signed now."""

import asyncio
from collections import defaultdict
from typing import Any

from functions.edge import handouts
from functions.edge.clients import Clients
from functions.edge.references import ROLES, place_of
from functions.job_callback import outcomes
from functions.job_callback.schema import SkippedResponse
from shared.errors import ErrorCode


async def references_of(clients: Clients, claimed: dict[str, Any]) -> dict[str, str] | SkippedResponse:
    """By role, URLs that live as long as the attempt; skipped where the job ends for want of a picture it requires."""
    job = claimed["job"]
    named = {role: job["metadata"][name] for name, role in ROLES.items() if job["metadata"].get(name)}
    urls = await _signed(clients, named, claimed["attempt_seconds"])
    missing = [role for role in named if role not in urls]
    if missing:
        skipped = await _tell(clients, claimed, f"Not there any more: the picture for {' and '.join(missing)}.")
        if skipped is not None:
            return skipped
    return urls


async def _signed(clients: Clients, named: dict[str, str], seconds: int) -> dict[str, str]:
    places = {role: place_of(reference) for role, reference in named.items()}
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for place in places.values():
        if place is not None:
            paths[place.bucket].append(place.path)
    answers = await asyncio.gather(
        *(clients.storage.sign_downloads(bucket, found, seconds) for bucket, found in paths.items())
    )
    signed = {(bucket, path): url for bucket, urls in zip(paths, answers, strict=True) for path, url in urls.items()}
    return {
        role: url
        for role, place in places.items()
        if (url := named[role] if place is None else signed.get((place.bucket, place.path))) is not None
    }


async def _tell(clients: Clients, claimed: dict[str, Any], reason: str) -> SkippedResponse | None:
    """A job that requires its references fails; another one is made without, and its owner warned."""
    job = claimed["job"]
    attempt = {"p_job_id": job["id"], "p_attempt": claimed["attempt"]}
    if not job["metadata"].get("reference_required"):
        answer = await clients.database.call("warn_job", **attempt, p_warning=reason)
        return outcomes.check(answer, job["id"])
    answer = await clients.database.call(
        "fail_job", **attempt, p_code=ErrorCode.BAD_INPUT, p_message=reason, p_retryable=False
    )
    skipped = outcomes.check(answer, job["id"])
    if skipped is not None:
        return skipped
    await handouts.push(clients, answer["handouts"])
    return SkippedResponse(jobId=job["id"], status=answer["job"]["status"], message=reason)
