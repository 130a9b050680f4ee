"""One attempt at a job, from the granted claim to the end report."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

from gpu_handler.attempt.delivery import deliver
from gpu_handler.attempt.ending import Ending
from gpu_handler.attempt.enhancing import Enhanced, enhance
from gpu_handler.attempt.equipment import Equipment, loaded
from gpu_handler.attempt.heartbeat import Heartbeat
from gpu_handler.attempt.interruption import Interruption, Reason
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.attempt.referring import gather, origin
from gpu_handler.attempt.reports import end_report, job_metadata
from gpu_handler.attempt.stopwatch import Stopwatch
from gpu_handler.attempt.writing import Writing
from gpu_handler.content import check_content, judged
from gpu_handler.failures import CANCELLED, PREEMPTED, BadInput, Failure, ModelUnavailable, describe, log_text
from gpu_handler.generators.parameters import job_type, with_seed
from gpu_handler.generators.protocol import Generated, Generator, OnStep
from gpu_handler.generators.references import NO_REFERENCES, References
from shared.job_types import JobType
from shared.messages import ClaimReply, EndReport, EndStatus, Output

_logger = logging.getLogger(__name__)


class Attempt:
    """``run`` it once; any other thread may ``hand_back`` meanwhile. A set ``stop`` shortens the retries of reports."""

    def __init__(self, claim: ClaimReply, equipment: Equipment, stop: Event) -> None:
        self._order = with_seed(claim.job)
        self._references = claim.references
        self._token = claim.token
        self._uploads = {(upload.index, upload.role): upload for upload in claim.uploads}
        self._outputs = {output.index: output for output in claim.done}
        self._equipment = equipment
        self._generator: Generator | None = None
        self._writing: Writing | None = None
        self._enhanced: Enhanced | None = None
        self._warnings: list[str] = []
        self._stopwatch = Stopwatch()
        self._interruption = Interruption()
        self._ending = Ending(equipment.callback, claim.token, stop)

    def run(self) -> Outcome:
        try:
            self._work()
            report = self._report("completed")
        except Exception as error:
            match self._interruption.reason:
                case Reason.SUPERSEDED:
                    return Outcome.SUPERSEDED
                case Reason.CANCELLED:
                    report = self._report("cancelled", CANCELLED)
                case Reason.PREEMPTED:
                    report = self._report("failed", PREEMPTED)
                case None:
                    report = self._report_failure(error)
        outcome = self._ending.say(report)
        _logger.info("Job %s: %s after %s.", self._order.id, outcome, self._stopwatch.seconds())
        return outcome

    def hand_back(self) -> None:
        """Report at once that this worker stops; the generator ends at its next step."""
        self._interruption.request(Reason.PREEMPTED)
        self._ending.say(self._report("failed", PREEMPTED))

    def _work(self) -> None:
        kind = job_type(self._order)
        check_content(self._order)
        missing = sorted(index for index, role in self._uploads if role == "asset")
        beat = Heartbeat(self._equipment.callback, self._token, self._order.id, kind.stall_seconds, self._interruption)
        with beat:
            if kind.format == "text":
                self._write(beat)
            elif missing:
                if kind.enhanced:
                    self._enhance(beat)
                generator = self._load_generator(kind, beat)
                self._make(generator, missing, self._gather_references(beat), beat)

    def _write(self, beat: Heartbeat) -> None:
        writing = Writing(self._order, self._equipment.writer, self._stopwatch)
        self._writing = writing
        beat.moved(0.0, "loading")
        writing.load()
        writing.run(beat.wrote, lambda progress: beat.moved(progress, "writing"), self._interruption.event.is_set)
        self._interruption.check()

    def _enhance(self, beat: Heartbeat) -> None:
        def is_stopped() -> bool:
            beat.moved(0.0, "enhancing")
            return self._interruption.event.is_set()

        beat.moved(0.0, "enhancing")
        with self._stopwatch.stage("enhancing"):
            self._enhanced = enhance(self._order, self._equipment.writer, is_stopped)
        self._interruption.check()
        self._order = self._enhanced.order
        self._warnings.extend(self._enhanced.warnings)

    def _load_generator(self, kind: JobType, beat: Heartbeat) -> Generator:
        generator = self._equipment.generators.get(kind.family)
        # Never another model in its place: the job's answer has named this one.
        if generator is None or generator.variant != self._order.model_variant:
            raise ModelUnavailable(f"this worker does not hold {self._order.model_variant}")
        generator.count(self._order)
        self._generator = generator
        beat.moved(0.0, "loading")
        with self._stopwatch.stage("load"):
            return loaded(generator)

    def _gather_references(self, beat: Heartbeat) -> References:
        if not self._references:
            return NO_REFERENCES
        beat.moved(0.0, "fetching references")
        # The only host that was not named by a user.
        storage = next(origin(upload.url) for upload in self._uploads.values())
        with self._stopwatch.stage("references"):
            return gather(self._order, self._references, self._equipment.fetcher, storage, self._interruption.event)

    def _make(self, generator: Generator, missing: list[int], references: References, beat: Heartbeat) -> None:
        total = len(self._outputs) + len(missing)
        # One thread uploads while the next output is made; leaving the block waits for it, so that after a failure
        # too everything that is finished is kept.
        with ThreadPoolExecutor(1, thread_name_prefix="delivery") as uploader:
            deliveries: list[Future[None]] = []
            for made, index in enumerate(missing, start=len(self._outputs)):
                self._raise_failed(deliveries)
                with self._stopwatch.stage("generate"):
                    generated = generator.generate(self._order, index, references, self._on_step(made, total, beat))
                with self._stopwatch.stage("classify"):
                    generated = judged(generated, self._order, self._equipment.classifier)
                self._warnings.extend(generated.warnings)
                deliveries.append(uploader.submit(self._deliver, index, generated, beat))
            beat.moved(1.0, "uploading")
            with self._stopwatch.stage("upload_wait"):
                for delivery in deliveries:
                    delivery.result()

    def _on_step(self, made: int, outputs: int, beat: Heartbeat) -> OnStep:
        def on_step(done: int, total: int) -> None:
            self._interruption.check()
            beat.moved((made + done / total) / outputs, "generating")

        return on_step

    @staticmethod
    def _raise_failed(deliveries: list[Future[None]]) -> None:
        for delivery in deliveries:
            if delivery.done():
                delivery.result()

    def _deliver(self, index: int, generated: Generated, beat: Heartbeat) -> None:
        self._interruption.check()
        asset, thumbnail = self._uploads[index, "asset"], self._uploads.get((index, "thumbnail"))
        with self._stopwatch.stage("upload"):
            deliver(self._equipment.storage, asset, generated.data, self._interruption.event)
            if thumbnail is not None:
                deliver(self._equipment.storage, thumbnail, generated.thumbnail, self._interruption.event)
        output = Output(
            index=index,
            path=asset.path,
            thumbnail_path=thumbnail.path if thumbnail else None,
            metadata=generated.metadata,
        )
        self._outputs[index] = output
        beat.delivered(output)

    def _report_failure(self, error: Exception) -> EndReport:
        failure = describe(error)
        detail = str(error) if isinstance(error, BadInput) else log_text(error, self._order)
        _logger.error("Job %s failed: %s", self._order.id, detail)
        return self._report("failed", failure)

    def _report(self, status: EndStatus, failure: Failure | None = None) -> EndReport:
        metadata: dict[str, Any] = {}
        if self._generator is not None:
            metadata = job_metadata(
                self._order, self._generator, self._equipment.worker_id, self._stopwatch.seconds(), self._warnings
            )
        text = enhanced_prompt = None
        if self._writing is not None:
            metadata = self._writing.metadata(self._equipment.worker_id, self._stopwatch.seconds())
            text, enhanced_prompt = self._writing.text, self._writing.enhanced_prompt
        if self._enhanced is not None:
            metadata |= self._enhanced.metadata
            enhanced_prompt = self._enhanced.prompt
        elif status == "completed" and job_type(self._order).enhanced:
            # An earlier attempt wrote it and drew everything.
            drawn = (output.metadata.get("prompt") for output in self._outputs.values())
            enhanced_prompt = next((prompt for prompt in drawn if prompt != self._order.prompt), None)
        report = end_report(self._order.id, status, list(self._outputs.values()), metadata, failure)
        # What was said until a failure was judged in part only.
        said = {"text": text, "enhanced_prompt": enhanced_prompt} if status == "completed" else {}
        return report.model_copy(update=said)
