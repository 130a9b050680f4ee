"""What the environment says to a chat worker."""

from typing import Annotated, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator

from gpu_handler.settings import WorkerSettings
from shared.model_variants import MODEL_SETS


class ChatSettings(WorkerSettings):
    """``worker_url`` is where the functions reach this worker: what their tokens are made for."""

    worker_secret: Annotated[SecretStr, Field(min_length=32)]
    worker_url: HttpUrl | None = None
    functions_url: HttpUrl | None = None
    """Where to register, ending in ``/functions/v1``; without it somebody else does."""
    chat_host: str = "127.0.0.1"
    chat_port: Annotated[int, Field(ge=1, le=65535)] = 7861
    chat_batch: Annotated[int, Field(ge=1, le=64)] = 8
    """How many requests are answered in one pass."""
    chat_waiting: Annotated[int, Field(ge=0)] = 8
    """How many requests may wait while others are answered."""
    runpod_pod_id: str | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        if self.worker_url is None and self.runpod_pod_id is None:
            raise ValueError("WORKER_URL is not set, and there is no RUNPOD_POD_ID to build it from")
        return self

    @property
    def url(self) -> str:
        """Without a slash at its end, as it is registered."""
        if self.worker_url is not None:
            return str(self.worker_url).rstrip("/")
        return f"https://{self.runpod_pod_id}-{self.chat_port}.proxy.runpod.net"

    @property
    def model(self) -> str:
        return MODEL_SETS[self.models]["chat"].name
