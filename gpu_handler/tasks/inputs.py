"""Reading the input of a RunPod job."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Protocol
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gpu_handler.intake import Malformed, ticket_of
from gpu_handler.parts import Parts
from gpu_handler.settings import CallbackSettings, QueueSettings, WorkerSettings, read_settings
from gpu_handler.tasks.direct import CallbackJob, InlineJob, InlineText
from gpu_handler.tasks.drain import DEFAULT_SECONDS, Drain
from shared.content_policy import ContentMode
from shared.conversation import talk
from shared.job_types import ALIASES, CHAT_ENHANCE, JOB_TYPES, resolve
from shared.messages import JobOrder, QueueElement


class InvalidInput(Exception):
    """The input is not one this worker reads; the text names what it may be."""


class Task(Protocol):
    def run(self) -> dict[str, Any]:
        """The reply. Raises ``ModelUnavailable``."""

    def stop(self) -> None:
        """End ``run`` soon; called by another thread."""


class DrainRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    queues: Annotated[tuple[str, ...], Field(min_length=1)]
    max_jobs: Annotated[int | None, Field(ge=1)] = None
    max_seconds: Annotated[float, Field(gt=0, le=86_400)] = DEFAULT_SECONDS


@contextmanager
def task_for(job_input: Any, parts: Parts) -> Iterator[Task]:
    """The work the input asks for. Raises ``InvalidInput`` or ``SettingsError``."""
    if isinstance(job_input, dict) and "queues" in job_input:
        request = _read_drain(job_input, parts.settings)
        with parts.consumer(read_settings(QueueSettings), request.queues) as consumer:
            yield Drain(consumer, request.max_jobs, request.max_seconds)
    elif isinstance(job_input, dict) and "type" in job_input and "prompt" in job_input:
        yield _job(_read_element(job_input, parts.settings), parts)
    else:
        queues = ", ".join(parts.settings.served_queues)
        raise InvalidInput(f'input needs "queues" (of {queues}), or "type" and "prompt" of one job.')


def _read_drain(job_input: dict[str, Any], settings: WorkerSettings) -> DrainRequest:
    try:
        request = DrainRequest.model_validate(job_input)
    except ValidationError as error:
        raise InvalidInput(_sentence(error)) from None
    unserved = [queue for queue in request.queues if queue not in settings.served_queues]
    if unserved:
        raise InvalidInput(f"queues: this worker serves {', '.join(settings.served_queues)} only.")
    return request


def _read_element(job_input: dict[str, Any], settings: WorkerSettings) -> QueueElement:
    try:
        element = QueueElement.model_validate({"id": str(uuid4()), **job_input})
    except ValidationError as error:
        raise InvalidInput(_sentence(error)) from None
    served = [name for name, kind in JOB_TYPES.items() if kind.family in settings.families]
    if ALIASES.get(element.type, element.type) not in served:
        raise InvalidInput(f"type: must be one of {', '.join(served)}.")
    return element


def _job(element: QueueElement, parts: Parts) -> Task:
    if element.callback is not None:
        settings = read_settings(CallbackSettings)
        try:
            ticket = ticket_of(element, str(settings.job_callback_url))
        except Malformed as reason:
            raise InvalidInput(f"The job cannot be worked on: {reason}.") from None
        return CallbackJob(parts.worker(settings), ticket)
    kind = resolve(element.type)
    if kind.format == "text":
        writer = parts.writer
        assert writer is not None
        return InlineText(_text_order(element, writer.variant), writer, parts.settings.worker_id)
    generator = parts.generators[kind.family]
    order = JobOrder.model_validate(element.model_dump(exclude_none=True) | {"model_variant": generator.variant})
    return InlineJob(order, generator, parts.settings.worker_id, parts.fetcher, parts.classifier)


def _text_order(element: QueueElement, variant: str) -> JobOrder:
    """Nobody has added a template: what the language model is told is the caller's own ``config.system_prompt``."""
    config = element.config
    system = config.get("system_prompt")
    if element.type == CHAT_ENHANCE and not system:
        raise InvalidInput("config.system_prompt: chat_enhance needs the instructions, or a callback.")
    try:
        order = JobOrder.model_validate(element.model_dump(exclude_none=True) | {"model_variant": variant})
        mode: ContentMode = "nsfw" if config.get("content_mode") == "nsfw" else "sfw"
        chat = talk(element.prompt, config, system=system, content_mode=mode)
    except ValidationError as error:
        raise InvalidInput(_sentence(error)) from None
    return order.model_copy(update={"chat": chat, "content_mode": mode})


def _sentence(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()) + "."
