"""Request of update-worker-url; its response is that of register-chat-worker."""

from pydantic import AliasChoices, Field

from functions.edge.workers.schema import WorkerType
from functions.register_chat_worker.schema import RegisterWorkerRequest


class UpdateWorkerUrlRequest(RegisterWorkerRequest):
    """Without ``worker_type`` it is the WAN worker that moved, as in the documents."""

    worker_type: WorkerType = Field(default="wan", validation_alias=AliasChoices("worker_type", "workerType"))
