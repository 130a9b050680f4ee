"""The messages between functions and workers, as they stand on the wire.

Queue element: JSON text in a Redis list. Claim, progress and end: ``POST job-callback`` with a bearer token, answered
with JSON. Unknown keys are ignored on both sides, so either side may be deployed first.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.conversation import ChatRequest
from shared.wire import Message

Role = Literal["asset", "thumbnail"]
EndStatus = Literal["completed", "failed", "cancelled"]


class Callback(Message):
    """Where a worker asks for the job, and with which queue token."""

    url: str
    token: str


class QueueElement(Message):
    """One element of a queue: the documents' standard payload and the callback."""

    id: str
    type: str
    prompt: str = ""
    user_id: str = ""
    config: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    negative_prompt: str | None = None
    compel_enabled: bool | None = None
    compel_weights: str | None = None
    callback: Callback | None = None


class ClaimRequest(Message):
    """``claim_id`` is drawn once by the worker: the same one again gets the same answer."""

    job_id: str
    status: Literal["processing"] = "processing"
    worker_id: str
    claim_id: str


class JobOrder(Message):
    """The whole job as the worker is to make it. ``config`` holds effective numbers, the seed among them.

    ``chat`` is what the language model is asked: for text its answer is the output, for the ``…_enhanced`` types it is
    the prompt to draw.
    """

    id: str
    type: str
    user_id: str
    prompt: str
    negative_prompt: str | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    compel_enabled: bool = False
    compel_weights: str | None = None
    content_mode: Literal["sfw", "nsfw"] = "sfw"
    model_variant: str
    chat: ChatRequest | None = None


class Upload(Message):
    """A signed PUT URL for one object of this attempt, without upsert. ``byte_limit`` is in bytes."""

    index: int
    role: Role
    path: str
    url: str
    content_type: str
    byte_limit: int


class Output(Message):
    """An output that lies in storage: its index, its paths in ``workspace-temp``, what the worker says of it."""

    index: Annotated[int, Field(ge=0, le=99)]
    path: str
    thumbnail_path: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class ClaimReply(Message):
    """The answer to a claim. ``done`` lists what earlier attempts delivered, ``uploads`` only what is missing."""

    success: bool
    attempt: int
    lease_seconds: float
    token: str
    job: JobOrder
    done: list[Output] = Field(default_factory=list)
    uploads: list[Upload] = Field(default_factory=list)
    references: dict[str, str] = Field(default_factory=dict)


class ProgressReport(Message):
    """``progress`` runs from 0 to 1; ``outputs`` names what was delivered since the last report."""

    job_id: str
    status: Literal["processing"] = "processing"
    progress: Annotated[float, Field(ge=0, le=1)]
    stage: str
    outputs: list[Output] = Field(default_factory=list)
    text: str | None = None


class ProgressReply(Message):
    """``cancelled`` asks the worker to stop within one step and to report ``cancelled``."""

    success: bool
    cancelled: bool = False


class Asset(Message):
    """An output as the end report names it (the shape every document since 2025-08 reads)."""

    type: Literal["image", "video"]
    url: str
    thumbnail_url: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class EndReport(Message):
    """The last word on an attempt. ``retryable`` asks for another attempt; the database decides.

    ``text`` is the output of a job whose format is text; ``enhanced_prompt`` is what was drawn in the prompt's
    place, where the worker had its language model rewrite it.
    """

    job_id: str
    status: EndStatus
    assets: list[Asset] = Field(default_factory=list)
    error_message: str | None = None
    error_code: str | None = None
    retryable: bool = False
    text: str | None = None
    enhanced_prompt: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
