"""A claim: the attempt's number, its token, the whole job, and a signed URL for every object that is missing."""

from typing import Any, Final

from functions.edge import handouts
from functions.edge.clients import Clients
from functions.edge.enhancement.waiting import settled_at_claim
from functions.edge.references import REFERENCE_PLAN
from functions.job_callback import outcomes
from functions.job_callback.chat import chat_of
from functions.job_callback.references import references_of
from functions.job_callback.schema import ClaimResponse, JobCallbackRequest, SkippedResponse
from shared.conversation import ChatRequest
from shared.job_types import JobType, resolve
from shared.messages import JobOrder, Upload
from shared.paths import (
    THUMBNAIL_BYTE_LIMIT,
    THUMBNAIL_CONTENT_TYPE,
    WORKSPACE_BUCKET,
    output_path,
    thumbnail_path,
)

REPORT_SECONDS: Final = 300
"""An attempt's token lives this much longer than the attempt may, for reports that had to be repeated."""


async def claim(clients: Clients, request: JobCallbackRequest, handout: int) -> ClaimResponse | SkippedResponse:
    answer = await clients.database.call(
        "claim_job",
        p_job_id=request.job_id,
        p_handout=handout,
        p_worker_id=request.worker_id,
        p_claim_id=request.claim_id,
    )
    skipped = outcomes.check(answer, request.job_id)
    if skipped is not None:
        return skipped
    await handouts.push(clients, answer["handouts"])
    references = await references_of(clients, answer)
    if isinstance(references, SkippedResponse):
        return references
    attempt = answer["attempt"]
    job = await settled_at_claim(clients, answer["job"], attempt)
    return ClaimResponse(
        attempt=attempt,
        lease_seconds=answer["lease_seconds"],
        token=clients.tokens.attempt_token(job["id"], attempt, answer["attempt_seconds"] + REPORT_SECONDS),
        job=_order(job, await chat_of(clients, job)).model_dump(),
        done=answer["done"],
        uploads=await _uploads(clients, job, attempt, {output["index"] for output in answer["done"]}),
        references=references,
    )


def _order(job: dict[str, Any], chat: ChatRequest | None) -> JobOrder:
    metadata = job["metadata"]
    enhancement = metadata.get("enhancement") or {}
    return JobOrder(
        id=job["id"],
        type=job["job_type"],
        user_id=job["user_id"],
        prompt=job["enhanced_prompt"] or job["original_prompt"],
        negative_prompt=metadata.get("negative_prompt"),
        config=job["config"],
        metadata={
            "original_prompt": job["original_prompt"],
            **_plan(metadata),
            # By these an answer of the language model is judged.
            **({"language": enhancement["language"]} if chat and "language" in enhancement else {}),
        },
        compel_enabled=bool(metadata.get("compel_enabled")),
        compel_weights=metadata.get("compel_weights"),
        content_mode=job["config"].get("content_mode", "sfw"),
        model_variant=metadata["model_variant"],
        chat=chat,
    )


def _plan(metadata: dict[str, Any]) -> dict[str, Any]:
    """How the pictures are to be used; the pictures themselves have URLs of their own."""
    return {name: metadata[name] for name in REFERENCE_PLAN if metadata.get(name) is not None}


async def _uploads(clients: Clients, job: dict[str, Any], attempt: int, done: set[int]) -> list[Upload]:
    job_type = resolve(job["job_type"])
    if job_type.format == "text":
        return []
    wanted = [index for index in range(job["config"]["num_images"]) if index not in done]
    targets = [target for index in wanted for target in _targets(job, job_type, attempt, index)]
    urls = await clients.storage.sign_uploads(WORKSPACE_BUCKET, [target["path"] for target in targets])
    return [Upload(url=urls[target["path"]], **target) for target in targets]


def _targets(job: dict[str, Any], job_type: JobType, attempt: int, index: int) -> list[dict[str, Any]]:
    return [
        {
            "index": index,
            "role": "asset",
            "path": output_path(job["user_id"], job["id"], attempt, index, job_type.extension),
            "content_type": job_type.content_type,
            "byte_limit": job_type.byte_limit,
        },
        {
            "index": index,
            "role": "thumbnail",
            "path": thumbnail_path(job["user_id"], job["id"], attempt, index),
            "content_type": THUMBNAIL_CONTENT_TYPE,
            "byte_limit": THUMBNAIL_BYTE_LIMIT,
        },
    ]
