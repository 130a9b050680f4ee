"""What the environment says, read once at start. A missing or wrong variable is one clear sentence that names it."""

import os
import socket
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.host_lists import parse_host_list_or_all
from shared.job_types import QUEUES, Family
from shared.model_variants import MODEL_SETS


class SettingsError(Exception):
    """A variable is missing or wrong; the text is one sentence for the operator."""


def _default_worker_id() -> str:
    return os.environ.get("RUNPOD_POD_ID") or f"{socket.gethostname()}-{os.getpid()}"


class WorkerSettings(BaseSettings):
    """Enough to generate. ``models_dir`` holds one folder a catalog entry; the Hugging Face cache is looked in too.

    ``reference_hosts``: where reference pictures may lie besides the project's storage, as the functions' setting.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    worker_id: str = Field(default_factory=_default_worker_id)
    models: str = "default"
    models_dir: Path | None = None
    reference_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("models")
    @classmethod
    def _known_set(cls, value: str) -> str:
        if value not in MODEL_SETS:
            raise ValueError(f"must be one of {', '.join(MODEL_SETS)}")
        return value

    @field_validator("reference_hosts", mode="before")
    @classmethod
    def _host_list(cls, value: Any) -> Any:
        return parse_host_list_or_all(value) if isinstance(value, str) else value

    @property
    def families(self) -> tuple[Family, ...]:
        return tuple(MODEL_SETS[self.models])

    @property
    def served_queues(self) -> tuple[str, ...]:
        """The queues whose jobs a generator of this worker can make."""
        return tuple(queue for queue in QUEUES if queue.removesuffix("_queue") in self.families)


class CallbackSettings(WorkerSettings):
    """Enough to work on a job that names a callback."""

    job_callback_url: HttpUrl


class QueueSettings(CallbackSettings):
    """Enough to take jobs. The Redis token is the worker's own ACL user: it may pop the lists and nothing else."""

    upstash_redis_rest_url: HttpUrl
    upstash_redis_rest_token: SecretStr
    worker_queues: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("worker_queues", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(name.strip() for name in value.split(",")) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _only_served(self) -> Self:
        unserved = [queue for queue in self.worker_queues if queue not in self.served_queues]
        if unserved:
            raise ValueError(
                f"WORKER_QUEUES names {', '.join(unserved)}, which no generator of this worker serves; "
                f"it may name {', '.join(self.served_queues)}"
            )
        return self

    @property
    def queues(self) -> tuple[str, ...]:
        """In preference order: the first that holds an element is served."""
        return self.worker_queues or self.served_queues


_Settings = TypeVar("_Settings", bound=WorkerSettings)


def read_settings(kind: type[_Settings]) -> _Settings:
    """The environment as ``kind``. Raises ``SettingsError``."""
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(dict(problem)) for problem in error.errors()) + ".") from None


def _sentence(problem: dict[str, Any]) -> str:
    # The value itself stays out: it may be a secret.
    reason: str = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return reason
    variable = str(problem["loc"][0]).upper()
    return f"{variable} is not set" if problem["type"] == "missing" else f"{variable} is wrong: {reason}"
