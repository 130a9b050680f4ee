"""A RunPod job that is the work itself: with a callback as if it came from a queue, without one inline."""

import base64
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from gpu_handler.attempt.enhancing import NOT_ASKED
from gpu_handler.attempt.equipment import loaded
from gpu_handler.attempt.interruption import Interruption, Reason
from gpu_handler.attempt.referring import gather
from gpu_handler.attempt.reports import job_metadata
from gpu_handler.attempt.stopwatch import Stopwatch
from gpu_handler.attempt.writing import Writing
from gpu_handler.classification import OutputClassifier
from gpu_handler.content import check_content, judged
from gpu_handler.failures import PREEMPTED, BadInput, describe, log_text
from gpu_handler.fetching import PictureFetcher
from gpu_handler.generators.parameters import with_seed
from gpu_handler.generators.protocol import Generated, Generator, Writer
from gpu_handler.generators.references import NO_REFERENCES, References, named_references
from gpu_handler.intake import Ticket
from gpu_handler.worker import Worker
from shared.job_types import resolve
from shared.messages import JobOrder

REPLY_LIMIT: Final = 10_000_000
"""Bytes of a whole reply of ``/run`` (https://docs.runpod.io/serverless/endpoints/operations)."""

_logger = logging.getLogger(__name__)


class CallbackJob:
    """One job of a queue, without the queue."""

    def __init__(self, worker: Worker, ticket: Ticket) -> None:
        self._worker = worker
        self._ticket = ticket

    def run(self) -> dict[str, Any]:
        return {"job_id": self._ticket.job_id, "status": self._worker.run(self._ticket).value}

    def stop(self) -> None:
        self._worker.stop()


class _Inline(ABC):
    """One job whose outputs go into the reply."""

    def __init__(self, order: JobOrder, worker_id: str) -> None:
        self._order = with_seed(order)
        self._worker_id = worker_id
        self._interruption = Interruption()
        self._stopwatch = Stopwatch()

    def run(self) -> dict[str, Any]:
        try:
            return self._make()
        except Exception as error:
            if self._interruption.reason is not None:
                return {"error": PREEMPTED.message}
            failure = describe(error)
            if not isinstance(error, BadInput):
                _logger.error("A direct job failed: %s", log_text(error, self._order))
            return {"error": failure.message, "error_code": failure.code.value, "retryable": failure.retryable}

    def stop(self) -> None:
        self._interruption.request(Reason.PREEMPTED)

    @abstractmethod
    def _make(self) -> dict[str, Any]: ...


class InlineText(_Inline):
    """The output as text."""

    def __init__(self, order: JobOrder, writer: Writer, worker_id: str) -> None:
        super().__init__(order, worker_id)
        self._writer = writer

    def _make(self) -> dict[str, Any]:
        check_content(self._order)
        writing = Writing(self._order, self._writer, self._stopwatch)
        writing.load()
        writing.run(lambda _: None, lambda _: None, self._interruption.event.is_set)
        self._interruption.check()
        return {"text": writing.text, "metadata": writing.metadata(self._worker_id, self._stopwatch.seconds())}


class InlineJob(_Inline):
    """The outputs as base64, under ``images`` or ``videos``."""

    def __init__(
        self,
        order: JobOrder,
        generator: Generator,
        worker_id: str,
        fetcher: PictureFetcher,
        classifier: OutputClassifier,
    ) -> None:
        super().__init__(order, worker_id)
        self._generator = generator
        self._fetcher = fetcher
        self._classifier = classifier

    def _make(self) -> dict[str, Any]:
        check_content(self._order)
        indexes = range(self._generator.count(self._order))
        with self._stopwatch.stage("load"):
            loaded(self._generator)
        references = self._references()
        kind = resolve(self._order.type)
        made: list[dict[str, Any]] = []
        # Only a claim brings along what the language model is to be asked.
        warnings = [NOT_ASKED] if kind.enhanced else []
        for index in indexes:
            with self._stopwatch.stage("generate"):
                generated = self._generator.generate(self._order, index, references, self._on_step)
            with self._stopwatch.stage("classify"):
                generated = judged(generated, self._order, self._classifier)
            made.append(_inline(index, generated))
            warnings.extend(generated.warnings)
            # Asked after each output, so that no time goes into what cannot be sent.
            _refuse_oversize({"outputs": made})
        metadata = job_metadata(self._order, self._generator, self._worker_id, self._stopwatch.seconds(), warnings)
        reply = {f"{kind.format}s": made, "metadata": metadata}
        _refuse_oversize(reply)
        return reply

    def _references(self) -> References:
        """Of allowed hosts alone: whoever calls without a claim has no storage of ours."""
        urls = named_references(self._order)
        if not urls:
            return NO_REFERENCES
        with self._stopwatch.stage("references"):
            return gather(self._order, urls, self._fetcher, None, self._interruption.event)

    def _on_step(self, done: int, total: int) -> None:  # noqa: ARG002
        self._interruption.check()


def _inline(index: int, generated: Generated) -> dict[str, Any]:
    return {
        "index": index,
        "content_type": generated.content_type,
        "data": base64.b64encode(generated.data).decode(),
        "thumbnail": base64.b64encode(generated.thumbnail).decode(),
        "metadata": generated.metadata,
    }


def _refuse_oversize(reply: Mapping[str, Any]) -> None:
    if len(json.dumps(reply)) > REPLY_LIMIT:
        raise BadInput("The outputs are too large for an inline reply; send the job with a callback.")
