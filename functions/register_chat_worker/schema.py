"""Request and response of register-chat-worker."""

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, AwareDatetime, Field

from functions.edge.schema import Flag, RequestModel
from functions.edge.workers.schema import Health, RegistrationInfo, WorkerStatus, WorkerType
from functions.edge.workers.urls import MAX_CHARACTERS

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")]


class RegisterWorkerRequest(RequestModel):
    """``auto_registered`` promises that the worker registers again at least every 90 s, or is gone."""

    worker_url: Annotated[str, Field(max_length=MAX_CHARACTERS)] = Field(
        validation_alias=AliasChoices("worker_url", "workerUrl")
    )
    worker_id: Name | None = Field(default=None, validation_alias=AliasChoices("worker_id", "workerId"))
    worker_type: WorkerType = Field(default="chat", validation_alias=AliasChoices("worker_type", "workerType"))
    auto_registered: Flag = Field(default=False, validation_alias=AliasChoices("auto_registered", "autoRegistered"))
    registration_method: Name = Field(
        default="manual", validation_alias=AliasChoices("registration_method", "registrationMethod")
    )
    capabilities: dict[str, Any] = Field(default_factory=dict)


class RegisterWorkerResponse(Health):
    """``worker_url`` as it is stored. The health is that of the one look that a registration takes."""

    success: Literal[True] = True
    message: str
    worker_url: str
    workerUrl: str
    worker_type: WorkerType
    worker_id: str
    healthStatus: WorkerStatus
    updatedAt: AwareDatetime
    auto_registered: bool
    registration_method: str
    registrationInfo: RegistrationInfo

    @classmethod
    def of(cls, worker: dict[str, Any]) -> Self:
        return cls(
            message=f"The {worker['worker_type']} worker is registered.",
            worker_url=worker["url"],
            workerUrl=worker["url"],
            worker_type=worker["worker_type"],
            worker_id=worker["worker_id"],
            healthStatus=worker["status"],
            updatedAt=worker["seen_at"],
            auto_registered=worker["is_automatic"],
            registration_method=worker["registration_method"],
            registrationInfo=RegistrationInfo.of(worker),
            **cls.fields_of(worker),
        )
