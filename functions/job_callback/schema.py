"""Request and response of job-callback. All three historic shapes of an end report are read."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from functions.edge.schema import NUMBER, Flag, RequestModel, ResponseModel
from shared.conversation import ANSWER_CHARACTERS
from shared.messages import Upload

_SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "job_id": ("jobId", "id"),
    "error_message": ("errorMessage", "error"),
    "error_code": ("errorCode",),
    "enhanced_prompt": ("enhancedPrompt",),
}


def _cut(text: str) -> str:
    return text[:2000]


# A failure must not go unheard because somebody put a whole traceback into it.
ErrorText = Annotated[str, AfterValidator(_cut)]


class OutputMetadata(RequestModel):
    """What a worker says of an output. These become columns of the asset; the rest is kept as it is."""

    model_config = ConfigDict(extra="allow")

    width: Annotated[int, Field(ge=1, le=65_536), NUMBER] | None = None
    height: Annotated[int, Field(ge=1, le=65_536), NUMBER] | None = None
    duration_seconds: Annotated[float, Field(ge=0, le=86_400), NUMBER] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63), NUMBER] | None = None


class ReportedOutput(RequestModel):
    """An output that a progress report says lies in storage."""

    index: Annotated[int, Field(ge=0, le=99), NUMBER]
    path: str
    thumbnail_path: str | None = None
    metadata: OutputMetadata = Field(default_factory=OutputMetadata)


class ReportedAsset(RequestModel):
    """One asset of an end report: a bare path, ``{type, url, …}`` or ``{assetType, tempStoragePath, …}``."""

    path: str
    thumbnail_path: str | None = None
    index: Annotated[int, Field(ge=0, le=99), NUMBER] | None = None
    metadata: OutputMetadata = Field(default_factory=OutputMetadata)

    @model_validator(mode="before")
    @classmethod
    def _read_every_shape(cls, asset: Any) -> Any:
        if isinstance(asset, str):
            return {"path": _in_bucket(asset)}
        if not isinstance(asset, dict):
            return asset
        metadata = asset.get("metadata") or {}
        if not isinstance(metadata, dict):
            return asset
        path = asset.get("url") or asset.get("tempStoragePath") or asset.get("path")
        thumbnail = asset.get("thumbnail_url") or asset.get("thumbnail_path")
        places = (asset.get("index"), asset.get("assetIndex"), metadata.get("asset_index"))
        index = next((place for place in places if place is not None), None)
        if asset.get("durationSeconds") is not None:
            metadata = {"duration_seconds": asset["durationSeconds"], **metadata}
        return {
            "path": _in_bucket(path),
            "thumbnail_path": _in_bucket(thumbnail),
            "index": index,
            "metadata": metadata,
        }


class JobCallbackRequest(RequestModel):
    """A claim (``claim_id``), a progress report (``progress``) or an end (any other status)."""

    job_id: UUID
    status: Literal["processing", "completed", "failed", "cancelled"]
    worker_id: Annotated[str, Field(max_length=200)] = "unnamed"
    claim_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    progress: Annotated[float, Field(ge=0, le=1), NUMBER] = 0
    stage: Annotated[str, Field(max_length=100)] = "processing"
    outputs: Annotated[list[ReportedOutput], Field(max_length=6)] = Field(default_factory=list)
    text: Annotated[str, Field(max_length=ANSWER_CHARACTERS)] | None = None
    assets: Annotated[list[ReportedAsset], Field(max_length=6)] = Field(default_factory=list)
    error_message: ErrorText | None = None
    error_code: Annotated[str, Field(max_length=100)] | None = None
    retryable: Flag = False
    enhanced_prompt: Annotated[str, Field(max_length=4000)] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read_every_shape(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        found = dict(body)
        for name, others in _SPELLINGS.items():
            for other in others:
                if found.get(name) is None and found.get(other) is not None:
                    found[name] = found[other]
        results = found.get("results")
        if isinstance(results, dict) and not found.get("assets"):
            found["assets"] = results.get("assets")
        # The worker documents describe the error as an object.
        error = found.get("error_message")
        if isinstance(error, dict):
            found["error_message"] = error.get("message")
            found.setdefault("error_code", error.get("code"))
            found.setdefault("retryable", error.get("retryable") is True)
        return {name: value for name, value in found.items() if value is not None}

    def reported_outputs(self) -> list[dict[str, Any]]:
        """The outputs of an end report, each with its index: the one told, else its place in the list."""
        return [
            {
                "index": place if asset.index is None else asset.index,
                "path": asset.path,
                "thumbnail_path": asset.thumbnail_path,
                "metadata": asset.metadata.model_dump(exclude_unset=True),
            }
            for place, asset in enumerate(self.assets)
        ]


def _in_bucket(path: Any) -> Any:
    """Without the bucket's name, which some workers put in front."""
    return path.removeprefix("workspace-temp/") if isinstance(path, str) else path


class ClaimResponse(ResponseModel):
    """The answer to a claim; ``shared.messages.ClaimReply`` as a worker reads it."""

    success: Literal[True] = True
    attempt: int
    lease_seconds: float
    token: str
    job: dict[str, Any]
    done: list[dict[str, Any]]
    uploads: list[Upload]
    references: dict[str, str]


class ProgressResponse(ResponseModel):
    success: Literal[True] = True
    cancelled: bool


class SkippedResponse(ResponseModel):
    """The job had ended before; nothing was changed."""

    success: Literal[True] = True
    skipped: Literal[True] = True
    jobId: UUID
    status: str
    message: str = "The job had already ended."


class EndDebug(ResponseModel):
    job_id: UUID
    jobStatus: str
    jobType: str
    format: str
    quality: str
    isSDXL: bool
    isEnhanced: bool
    assetsProcessed: int
    processingTimestamp: str


class EndResponse(ResponseModel):
    success: Literal[True] = True
    message: str
    jobId: UUID
    status: str
    debug: EndDebug
