"""What the environment says to a chat worker."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator

from gpu_handler.settings import WorkerSettings

CHAT_MODELS: Final[Mapping[str, str]] = MappingProxyType(
    {"default": "qwen2_5_7b_instruct", "lustify": "qwen2_5_7b_instruct", "demo": "qwen2_random"}
)
"""Under each value of ``MODELS``, the catalog entry that answers. No queue serves it, so it is in no model set."""


class ChatSettings(WorkerSettings):
    """``worker_url`` is where the functions reach this worker: what their tokens are made for."""

    worker_secret: Annotated[SecretStr, Field(min_length=32)]
    worker_url: HttpUrl | None = None
    functions_url: HttpUrl | None = None
    """Where to register, ending in ``/functions/v1``; without it somebody else does."""
    chat_host: str = "127.0.0.1"
    chat_port: Annotated[int, Field(ge=1, le=65535)] = 7861
    chat_waiting: Annotated[int, Field(ge=0)] = 8
    """How many requests may wait while one is answered."""
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
        return CHAT_MODELS[self.models]
